using System.Numerics;
using Mik.Wasm.Binary;
using Mik.Wasm.Tests.Binary;

namespace Mik.Wasm.Tests.Compilation;

/// <summary>
/// Writes a module instruction by instruction. Code is a list of opcodes, each followed by its immediates: numbers become LEB128
/// (signed after a constant instruction), floats their bits, and a block type is one of <see cref="ModuleBytes"/>' bytes.
/// </summary>
internal sealed class Assembler
{
    private readonly List<byte[]> _types = [];
    private readonly List<byte[]> _imports = [];
    private readonly List<byte[]> _functions = [];
    private readonly List<byte[]> _globals = [];
    private readonly List<byte[]> _exports = [];
    private readonly List<byte[]> _elements = [];
    private readonly List<byte[]> _bodies = [];
    private int _importedFunctions;
    private readonly List<byte[]> _memories = [];
    private readonly List<byte[]> _tags = [];
    private byte[]? _table;

    public Assembler Type(string signature)
    {
        _types.Add(ModuleBytes.FuncType([.. Parameters(signature)], [.. Results(signature)]));
        return this;
    }

    /// <summary>Imports a function from module "m"; all imports come before the functions.</summary>
    public Assembler Import(string name, string signature)
    {
        _importedFunctions++;
        _imports.Add([.. ModuleBytes.Name("m"), .. ModuleBytes.Name(name), 0, .. ModuleBytes.Leb((uint)_types.Count)]);
        return Type(signature);
    }

    public Assembler ImportTable(string name)
    {
        _imports.Add([.. ModuleBytes.Name("m"), .. ModuleBytes.Name(name), 1, ModuleBytes.FuncReference, 0, 0]);
        return this;
    }

    /// <summary>Imports a tag; its type is the first or one already added.</summary>
    public Assembler ImportTag(string name, string signature)
    {
        _imports.Add([.. ModuleBytes.Name("m"), .. ModuleBytes.Name(name), 4, 0, .. ModuleBytes.Leb((uint)_types.Count)]);
        return Type(signature);
    }

    /// <summary>Adds a tag and exports it as <c>tag0</c>, <c>tag1</c> and so on.</summary>
    public Assembler Tag(string signature)
    {
        _exports.Add([.. ModuleBytes.Name($"tag{_tags.Count}"), 4, (byte)_tags.Count]);
        _tags.Add([0, .. ModuleBytes.Leb((uint)_types.Count)]);
        return Type(signature);
    }

    /// <summary>Adds a memory and exports it as <c>memory0</c>, <c>memory1</c> and so on.</summary>
    public Assembler Memory(byte pages = 1, bool is64 = false)
    {
        _exports.Add([.. ModuleBytes.Name($"memory{_memories.Count}"), 2, (byte)_memories.Count]);
        _memories.Add([(byte)(is64 ? 4 : 0), pages]);
        return this;
    }

    public Assembler ExportMemory()
    {
        _exports.Add([.. ModuleBytes.Name("memory"), 2, 0]);
        return this;
    }

    public Assembler Table(byte size)
    {
        _table = [ModuleBytes.FuncReference, 0, size];
        _exports.Add([.. ModuleBytes.Name("table"), 1, 0]);
        return this;
    }

    public Assembler Element(byte offset, params byte[] functions)
    {
        _elements.Add([0, (byte)Opcode.I32Const, offset, ModuleBytes.End, (byte)functions.Length, .. functions]);
        return this;
    }

    /// <summary>A mutable i32 global that starts at 0.</summary>
    public Assembler Global()
    {
        _globals.Add([ModuleBytes.I32, 1, (byte)Opcode.I32Const, 0, ModuleBytes.End]);
        return this;
    }

    /// <summary>An exported function; <paramref name="signature"/> is <c>parameters&gt;results&gt;locals</c> in the letters iIfFvre.</summary>
    public Assembler Function(string name, string signature, params object[] code)
    {
        var index = _importedFunctions + _functions.Count;
        _functions.Add(ModuleBytes.Leb((uint)_types.Count));
        Type(signature);
        _exports.Add([.. ModuleBytes.Name(name), 0, .. ModuleBytes.Leb((uint)index)]);
        var locals = signature.Split('>') is [_, _, var letters] ? letters.Select(ValueType).ToArray() : [];
        _bodies.Add(ModuleBytes.Body([.. ModuleBytes.Vector([.. locals.Select(static l => new byte[] { 1, l })]), .. Encode(code), ModuleBytes.End]));
        return this;
    }

    /// <summary>A function whose body, from its local declarations on, is given as bytes.</summary>
    public Assembler RawFunction(string name, string signature, byte[] body)
    {
        Function(name, signature);
        _bodies[^1] = ModuleBytes.Body(body);
        return this;
    }

    public byte[] ToArray()
    {
        var module = new ModuleBytes().Types([.. _types]);
        AddUnlessEmpty(module, 2, _imports);
        module.Items(3, [.. _functions]);
        if (_table is not null)
        {
            module.Items(4, _table);
        }

        AddUnlessEmpty(module, 5, _memories);
        AddUnlessEmpty(module, 13, _tags);
        AddUnlessEmpty(module, 6, _globals);
        AddUnlessEmpty(module, 7, _exports);
        AddUnlessEmpty(module, 9, _elements);
        AddUnlessEmpty(module, 10, _bodies);
        return module.ToArray();
    }

    public static byte[] Encode(params object[] code)
    {
        var bytes = new List<byte>();
        var isSigned = false;
        foreach (var part in code)
        {
            switch (part)
            {
                case Opcode opcode when (int)opcode <= byte.MaxValue:
                    bytes.Add((byte)opcode);
                    isSigned = opcode is Opcode.I32Const or Opcode.I64Const;
                    break;
                case >= Opcode.V128Load and Opcode opcode:
                    bytes.AddRange([OpcodeFacts.VectorPrefix, .. ModuleBytes.Leb((uint)opcode - (OpcodeFacts.VectorPrefix << 8))]);
                    isSigned = false;
                    break;
                case Opcode opcode:
                    bytes.AddRange([OpcodeFacts.Prefix, (byte)opcode]);
                    isSigned = false;
                    break;
                case byte raw:
                    bytes.Add(raw);
                    break;
                case UInt128 vector:
                    bytes.AddRange(BitConverter.GetBytes(vector));
                    break;
                case float number:
                    bytes.AddRange(BitConverter.GetBytes(number));
                    break;
                case double number:
                    bytes.AddRange(BitConverter.GetBytes(number));
                    break;
                case uint number:
                    bytes.AddRange(ModuleBytes.Leb(number));
                    break;
                case int number when !isSigned:
                    bytes.AddRange(ModuleBytes.Leb((uint)number));
                    break;
                case int number:
                    bytes.AddRange(SignedLeb(number));
                    break;
                case long number:
                    bytes.AddRange(SignedLeb(number));
                    break;
                case object[] nested:
                    bytes.AddRange(Encode(nested));
                    break;
                default:
                    throw new ArgumentException($"cannot encode {part}", nameof(code));
            }
        }

        return [.. bytes];
    }

    private static byte[] SignedLeb(BigInteger value)
    {
        var bytes = new List<byte>();
        while (true)
        {
            var part = (byte)(value & 0x7F);
            value >>= 7;
            if ((value.IsZero && (part & 0x40) == 0) || (value == BigInteger.MinusOne && (part & 0x40) != 0))
            {
                bytes.Add(part);
                return [.. bytes];
            }

            bytes.Add((byte)(part | 0x80));
        }
    }

    private static void AddUnlessEmpty(ModuleBytes module, byte id, List<byte[]> items)
    {
        if (items.Count > 0)
        {
            module.Items(id, [.. items]);
        }
    }

    private static IEnumerable<byte> Parameters(string signature) => signature.Split('>')[0].Select(ValueType);

    private static IEnumerable<byte> Results(string signature) => signature.Split('>')[1].Select(ValueType);

    private static byte ValueType(char letter) => letter switch
    {
        'i' => ModuleBytes.I32,
        'I' => ModuleBytes.I64,
        'f' => ModuleBytes.F32,
        'F' => ModuleBytes.F64,
        'v' => ModuleBytes.V128,
        'r' => ModuleBytes.FuncReference,
        'e' => (byte)Wasm.Types.ValType.ExnRef,
        _ => throw new ArgumentException($"no type has the letter {letter}"),
    };
}
