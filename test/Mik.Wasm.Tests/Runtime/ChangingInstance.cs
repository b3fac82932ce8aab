using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Mik.Wasm.Tests.Compilation;
using Mik.Wasm.Types;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Runtime;

/// <summary>
/// An instance with some of everything that code can change: two memories, two tables, a global of each type, passive segments. Its
/// functions are one instruction each, called at random, and its whole state can be read from outside.
/// </summary>
internal sealed class ChangingInstance(Instance instance)
{
    private const uint Page = 65_536;
    private const byte I64Memory = 4;
    private const byte HasMax = 1;
    private const byte MaxPages0 = 40;
    private const byte MaxPages1 = 6;

    private static readonly Operation[] Operations =
    [
        new("store0", "ii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I32Store8, 0, 0]),
        new("store1", "Ii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I32Store8, 0x40, 1, 0]),
        new("fill0", "iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryFill, 0]),
        new("fill1", "IiI>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryFill, 1]),
        new("copy01", "iIi>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryCopy, 0, 1]),
        new("copy10", "Iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryCopy, 1, 0]),
        new("init0", "iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryInit, 0, 0]),
        new("init1", "Iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryInit, 1, 1]),
        new("grow0", "i>i", [Opcode.LocalGet, 0, Opcode.MemoryGrow, 0]),
        new("grow1", "I>I", [Opcode.LocalGet, 0, Opcode.MemoryGrow, 1]),
        new("dropData0", ">", [Opcode.DataDrop, 0]),
        new("dropData1", ">", [Opcode.DataDrop, 1]),
        new("setFunction", "ii>", [Opcode.LocalGet, 0, Function(1), Opcode.TableSet, 0]),
        new("setHost", "ix>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.TableSet, 1]),
        new("growFunctions", "ii>i", [Function(1), Opcode.LocalGet, 0, Opcode.TableGrow, 0]),
        new("growHost", "xi>i", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.TableGrow, 1]),
        new("fillFunctions", "iii>", [Opcode.LocalGet, 0, Function(1), Opcode.LocalGet, 2, Opcode.TableFill, 0]),
        new("copyFunctions", "iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.TableCopy, 0, 0]),
        new("initFunctions0", "iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.TableInit, 0, 0]),
        new("initFunctions1", "iii>", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.TableInit, 1, 0]),
        new("dropElements0", ">", [Opcode.ElemDrop, 0]),
        new("dropElements1", ">", [Opcode.ElemDrop, 1]),
        new("setI32", "i>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 0]),
        new("setI64", "I>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 1]),
        new("setF32", "f>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 2]),
        new("setF64", "F>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 3]),
        new("setV128", "v>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 4]),
        new("setReference", "ii>", [Function(1), Opcode.GlobalSet, 5]),
        new("setHostReference", "x>", [Opcode.LocalGet, 0, Opcode.GlobalSet, 6]),
    ];

    public Instance Instance { get; } = instance;

    public static byte[] Module()
    {
        byte[][] types = [.. Operations.Select(static o => o.Type)];
        return new ModuleBytes()
            .Types(types)
            .Functions([.. Enumerable.Range(0, Operations.Length).Select(static i => (byte)i)])
            .Items(4, [FuncReference, HasMax, 4, 20], [ExternReference, HasMax, 3, 10])
            .Items(5, [HasMax, 2, MaxPages0], [I64Memory | HasMax, 1, MaxPages1])
            .Items(
                6,
                [I32, 1, 0x41, 5, End],
                [I64, 1, 0x42, 6, End],
                [F32, 1, 0x43, 0, 0, 0x80, 0x3F, End],
                [F64, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, End],
                [V128, 1, 0xFD, 0x0C, .. new byte[15], 1, End],
                [FuncReference, 1, 0xD2, 1, End],
                [ExternReference, 1, 0xD0, ExternReference, End])
            .Items(7, [.. Operations.Select(static (o, i) => (byte[])[.. Name(o.Name), 0, (byte)i])])
            .Items(9, [1, 0, 3, 0, 1, 2], [1, 0, 2, 3, 4], [0, 0x41, 1, End, 2, 0, 1])
            .Section(12, 3)
            .Items(10, [.. Operations.Select(static o => Body([0, .. Assembler.Encode(o.Code), End]))])
            .Items(11, [1, 4, 1, 2, 3, 4], [1, 3, 5, 6, 7], [0, 0x41, 16, End, 4, 9, 8, 7, 6])
            .ToArray();
    }

    /// <summary>Names of the functions.</summary>
    public static IEnumerable<string> Names => Operations.Select(static o => o.Name);

    /// <summary>
    /// Calls one of the functions with arguments that are mostly in range; a trap is as good as anything. Gives back the name of what did
    /// not trap.
    /// </summary>
    public string? Change(Random random)
    {
        var operation = Operations[random.Next(Operations.Length)];
        var arguments = new List<ulong>();
        foreach (var letter in operation.Signature.Split('>')[0])
        {
            arguments.Add(Argument(operation.Name, letter, random));
            if (letter == 'v')
            {
                arguments.Add((ulong)random.NextInt64());
            }
        }

        var function = (Func)Instance.GetExport(operation.Name)!;
        try
        {
            function.Invoke([.. arguments], new ulong[function.Type.ResultSlots]);
            return operation.Name;
        }
        catch (TrapException)
        {
            // Out of range: what happened before it stays, as in any run.
            return null;
        }
    }

    /// <summary>Everything that can be seen of the instance; functions by their numbers.</summary>
    public State Read()
    {
        var image = Instance.Capture();
        return new State(
            [.. Instance.Memories.Select(static m => m.Slice(0, (ulong)m.Length).ToArray())],
            [.. Instance.Tables.Select((t, i) => t.Elements.ToArray().Select(e => i == 0 ? FunctionNumber(e) : e).ToArray())],
            [.. Enumerable.Range(0, 7).Select(i => i == 5 ? (UInt128)(ulong)FunctionNumber((long)Instance.GlobalValue((uint)i)) : Instance.GlobalValue((uint)i))],
            [.. image.DroppedData, .. image.DroppedElements]);
    }

    private long FunctionNumber(long reference) => reference == 0 ? 0 : 1 + ((reference - Instance.FuncRefAddress(0)) / ContextLayout.FuncRefSize);

    private static ulong Argument(string name, char letter, Random random)
    {
        var isMemory = name.StartsWith("store", StringComparison.Ordinal) || name.StartsWith("fill0", StringComparison.Ordinal)
            || name.StartsWith("fill1", StringComparison.Ordinal) || name.StartsWith("copy0", StringComparison.Ordinal) || name.StartsWith("copy1", StringComparison.Ordinal);
        return letter switch
        {
            'x' => (ulong)random.Next(4),
            'i' or 'I' when name.StartsWith("grow", StringComparison.Ordinal) => (ulong)random.Next(4),
            'i' or 'I' when isMemory => random.Next(10) == 0 ? (ulong)random.NextInt64(MaxPages0 * Page) : (ulong)random.Next((int)Page),
            'i' or 'I' when name.StartsWith("set", StringComparison.Ordinal) && name.Length == 6 => (ulong)random.NextInt64() & (letter == 'i' ? uint.MaxValue : ulong.MaxValue),
            'i' or 'I' => (ulong)random.Next(6),
            _ => (ulong)random.NextInt64() & (letter == 'f' ? uint.MaxValue : ulong.MaxValue),
        };
    }

    // A function, or null, as the argument says.
    private static object[] Function(int argument) =>
        [Opcode.LocalGet, argument, Opcode.I32Const, 1, Opcode.I32And, Opcode.If, FuncReference, Opcode.RefFunc, 2, Opcode.Else, Opcode.RefNull, FuncReference, Opcode.End];

    /// <summary>Compared member by member.</summary>
    public sealed record State(byte[][] Memories, long[][] Tables, UInt128[] Globals, bool[] Dropped)
    {
        /// <summary>The first difference; <see langword="null"/> when there is none.</summary>
        public string? Difference(State other)
        {
            for (var i = 0; i < Memories.Length; i++)
            {
                if (Memories[i].Length != other.Memories[i].Length)
                {
                    return $"memory {i} has {other.Memories[i].Length} bytes, not {Memories[i].Length}";
                }

                var at = Memories[i].AsSpan().CommonPrefixLength(other.Memories[i]);
                if (at < Memories[i].Length)
                {
                    return $"memory {i} differs at {at}: {other.Memories[i][at]}, not {Memories[i][at]}";
                }
            }

            return !Tables.Zip(other.Tables).All(static pair => pair.First.SequenceEqual(pair.Second)) ? "a table differs"
                : !Globals.SequenceEqual(other.Globals) ? $"globals are {string.Join(' ', other.Globals)}, not {string.Join(' ', Globals)}"
                : !Dropped.SequenceEqual(other.Dropped) ? "other segments are dropped"
                : null;
        }
    }

    private sealed record Operation(string Name, string Signature, object[] Code)
    {
        public byte[] Type => FuncType([.. Letters(0)], [.. Letters(1)]);

        private IEnumerable<byte> Letters(int part) => Signature.Split('>')[part].Select(static letter => (byte)(letter switch
        {
            'i' => ValType.I32,
            'I' => ValType.I64,
            'f' => ValType.F32,
            'F' => ValType.F64,
            'v' => ValType.V128,
            _ => ValType.ExternRef,
        }));
    }
}
