using Mik.Components;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;

namespace Mik.Fuzz;

/// <summary>
/// Alters a function of a sound module instruction by instruction: most of what comes out is valid, and so reaches the compiler and is run.
/// </summary>
internal sealed class InstructionMutator(Random random)
{
    // By operand and result types, what can stand for each other.
    private static readonly ILookup<string, byte[]> Alike = OpcodeTable.All.ToArray()
        .Where(static facts => facts is { IsRegular: true, Immediate: ImmediateKind.None })
        .ToLookup(TypeOf, static facts => Encode(facts.Opcode));

    /// <summary>Alters some functions, of a component in one of its modules; <see langword="null"/> when there are none.</summary>
    public byte[]? TryMutate(byte[] original) => Component.IsComponent(original) ? TryMutateComponent(original) : TryMutateModule(original);

    private byte[]? TryMutateComponent(byte[] original)
    {
        var bytes = original.ToList();
        var modules = SectionRange.Read(bytes).Where(static s => s.Id == SectionRange.CoreModuleSection).ToList();
        if (modules.Count == 0)
        {
            return null;
        }

        // Mostly the program itself, now and then what adapts it.
        var section = random.Next(4) > 0 ? modules.MaxBy(static s => s.End - s.Start) : modules[random.Next(modules.Count)];
        if (TryMutateModule([.. bytes.GetRange(section.Content, section.End - section.Content)]) is not { } changed)
        {
            return null;
        }

        bytes.RemoveRange(section.Start + 1, section.End - section.Start - 1);
        bytes.InsertRange(section.Start + 1, [.. Mutator.Leb(changed.Length), .. changed]);
        return [.. bytes];
    }

    private byte[]? TryMutateModule(byte[] original)
    {
        ModuleDefinition module;
        try
        {
            module = ModuleDecoder.Decode(original);
        }
        catch (ModuleException)
        {
            return null;
        }

        if (module.Bodies.Length == 0)
        {
            return null;
        }

        var bytes = original.ToList();
        var section = SectionRange.Read(bytes).Single(static s => s.IsCode);
        var content = bytes.GetRange(section.Content, section.End - section.Content);
        var bodies = SectionRange.ReadBodies(content);

        // From behind, so that what lies before stays where it is.
        foreach (var index in Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(module.Bodies.Length)).Distinct().OrderDescending())
        {
            var body = bodies[index];
            var locals = content.GetRange(body.Content, module.Bodies[index].Code.Start - section.Content - body.Content);
            var code = Change(module, index);
            content.RemoveRange(body.Start, body.End - body.Start);
            content.InsertRange(body.Start, [.. Mutator.Leb(locals.Count + code.Count), .. locals, .. code]);
        }

        bytes.RemoveRange(section.Start + 1, section.End - section.Start - 1);
        bytes.InsertRange(section.Start + 1, [.. Mutator.Leb(content.Count), .. content]);
        return [.. bytes];
    }

    private List<byte> Change(ModuleDefinition module, int index)
    {
        var locals = LocalsOf(module, index);
        var instructions = Read(module, module.Bodies[index].Code);
        for (var i = random.Next(1, 5); i > 0 && instructions.Count > 0; i--)
        {
            var at = random.Next(instructions.Count);
            var (facts, bytes) = instructions[at];
            switch (random.Next(10))
            {
                case < 4 when Alike[TypeOf(facts)].ToList() is { Count: > 1 } others && facts is { IsRegular: true, Immediate: ImmediateKind.None }:
                    instructions[at] = (facts, others[random.Next(others.Count)]);
                    break;
                case < 7 when facts.Immediate is not ImmediateKind.None:
                    instructions[at] = (facts, ChangeImmediate(facts, bytes));
                    break;
                case 8 when random.Next(3) == 0:
                    instructions.RemoveAt(at);
                    break;
                case 9 when random.Next(3) == 0:
                    var count = Math.Min(random.Next(1, 20), instructions.Count - at);
                    instructions.InsertRange(random.Next(instructions.Count), instructions.GetRange(at, count));
                    break;
                default:
                    instructions.Insert(at, (OpcodeTable.Of(Opcode.Nop), Neutral(module, locals)));
                    break;
            }
        }

        return [.. instructions.SelectMany(static i => i.Bytes)];
    }

    // Only with what the module has.
    private byte[] Neutral(ModuleDefinition module, int locals) => random.Next(6) switch
    {
        0 when locals > 0 => [0x20, .. Mutator.Leb(random.Next(locals)), 0x1A],
        1 when module.Globals.Length > 0 => [0x23, .. Mutator.Leb(random.Next(module.Globals.Length)), 0x1A],
        2 when module.Memories.Length > 0 => [0x41, .. Mutator.Leb(random.Next(64)), 0x28, 0x02, .. Mutator.Number(random), 0x1A],
        3 when module.Memories.Length > 0 => [0x41, .. Mutator.Number(random), 0x41, 0x00, 0x36, 0x02, 0x00],
        4 when module.Memories.Length > 0 => [0x41, (byte)random.Next(8), 0x40, 0x00, 0x1A],
        5 when Array.FindIndex(module.FunctionTypeIndices, t => module.Types[t] is { Parameters.Length: 0, Results.Length: 0 }) is >= 0 and var function =>
            [0x10, .. Mutator.Leb(function)],
        _ => Mutator.Anywhere(random),
    };

    private static int LocalsOf(ModuleDefinition module, int index) => (int)Math.Min(
        1_000, module.FunctionType((uint)(module.ImportedFunctionCount + index)).Parameters.Length + module.Bodies[index].Locals.Sum(static run => (long)run.Count));

    private byte[] ChangeImmediate(OpcodeFacts facts, byte[] bytes) => facts.Immediate switch
    {
        ImmediateKind.I32 or ImmediateKind.I64 => [bytes[0], .. Mutator.Number(random)],
        ImmediateKind.MemoryArgument => [.. bytes[..^1], .. Mutator.Number(random)],
        ImmediateKind.F32 or ImmediateKind.F64 or ImmediateKind.V128 => [bytes[0], .. bytes[1..].Select((b, i) => random.Next(3) == 0 && (facts.Immediate != ImmediateKind.V128 || i > 0) ? (byte)random.Next(256) : b)],
        _ => [.. bytes[..^1], (byte)((bytes[^1] + random.Next(-2, 3)) & 0x7F)],
    };

    private static List<(OpcodeFacts Facts, byte[] Bytes)> Read(ModuleDefinition module, ByteRange code)
    {
        var instructions = new List<(OpcodeFacts, byte[])>();
        var reader = new InstructionReader(module, code);
        try
        {
            while (!reader.AtEnd)
            {
                var start = reader.Position;
                var facts = reader.Read().Facts;
                instructions.Add((facts, module.Bytes[start..reader.Position].ToArray()));
            }
        }
        catch (ModuleException)
        {
            // A module that was wrong before.
        }

        return instructions;
    }

    private static string TypeOf(OpcodeFacts facts) => $"{string.Join(' ', facts.Operands)}>{string.Join(' ', facts.Results)}";

    private static byte[] Encode(Opcode opcode) => (int)opcode <= 0xFF
        ? [(byte)opcode]
        : (int)opcode < OpcodeFacts.VectorPrefix << 8
            ? [OpcodeFacts.Prefix, .. Mutator.Leb((int)opcode - (OpcodeFacts.Prefix << 8))]
            : [OpcodeFacts.VectorPrefix, .. Mutator.Leb((int)opcode - (OpcodeFacts.VectorPrefix << 8))];
}
