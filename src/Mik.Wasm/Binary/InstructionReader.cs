using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>Reads instructions with their immediates, one after the other; nesting is the caller's business.</summary>
// spec: binary-instr
internal ref struct InstructionReader(ModuleDefinition module, ByteRange code)
{
    private readonly ModuleDefinition _module = module;
    private readonly WasmFeatures _missing = ~module.Features;
    private ByteCursor _cursor = new(module.Bytes.Span, code);

    public readonly bool AtEnd => _cursor.AtEnd;

    public readonly int Position => _cursor.Position;

    /// <exception cref="ModuleFormatException">The instruction is malformed.</exception>
    /// <exception cref="ModuleValidationException">The instruction belongs to a proposal that is not enabled.</exception>
    public Instruction Read()
    {
        var offset = _cursor.Position;
        var code = _cursor.ReadByte();
        var facts = code switch
        {
            OpcodeFacts.Prefix => ReadPrefixed(offset),
            OpcodeFacts.VectorPrefix => ReadVectorOpcode(offset),
            _ => OpcodeTable.FindSingle(code),
        };
        if (facts is null)
        {
            throw Encodings.UnknownInstruction(code, offset);
        }

        if ((facts.Feature & _missing) != 0)
        {
            throw FeatureText.Refusal(facts.Feature & _missing, offset);
        }

        switch (facts.Immediate)
        {
            case ImmediateKind.None:
                return new Instruction { Facts = facts, Offset = offset };

            case ImmediateKind.BlockType:
                return new Instruction { Facts = facts, Offset = offset, Block = _cursor.ReadBlockType(_module) };

            case ImmediateKind.LabelTable:
                return ReadLabelTable(facts, offset);

            case ImmediateKind.ValueTypes:
                return ReadValueTypes(facts, offset);

            case ImmediateKind.TypeAndTable or ImmediateKind.ElementAndTable or ImmediateKind.TwoTables:
                return new Instruction { Facts = facts, Offset = offset, Index = _cursor.ReadU32(), SecondIndex = _cursor.ReadU32() };

            case ImmediateKind.Memory:
                return new Instruction { Facts = facts, Offset = offset, Index = ReadMemoryIndex() };

            case ImmediateKind.TwoMemories:
                return new Instruction { Facts = facts, Offset = offset, Index = ReadMemoryIndex(), SecondIndex = ReadMemoryIndex() };

            case ImmediateKind.DataAndMemory:
                return new Instruction { Facts = facts, Offset = offset, Index = _cursor.ReadU32(), SecondIndex = ReadMemoryIndex() };

            case ImmediateKind.MemoryArgument:
                return new Instruction
                {
                    Facts = facts,
                    Offset = offset,
                    Index = ReadAlignment(out var memory),
                    SecondIndex = memory,
                    Bits = ReadOffset(),
                };

            case ImmediateKind.MemoryArgumentAndLane:
                return new Instruction
                {
                    Facts = facts,
                    Offset = offset,
                    Index = ReadAlignment(out memory),
                    SecondIndex = memory,
                    Bits = ReadOffset(),
                    Lane = _cursor.ReadByte(),
                };

            case ImmediateKind.Lane:
                return new Instruction { Facts = facts, Offset = offset, Lane = _cursor.ReadByte() };

            case ImmediateKind.V128 or ImmediateKind.Shuffle:
                return ReadVector(facts, offset);

            case ImmediateKind.HeapType:
                return new Instruction { Facts = facts, Offset = offset, Type = _cursor.ReadHeapType(_module) };

            case ImmediateKind.BlockTypeAndCatches:
                return ReadTryTable(facts, offset);

            case ImmediateKind.I32:
                return new Instruction { Facts = facts, Offset = offset, Bits = (uint)_cursor.ReadS32() };

            case ImmediateKind.I64:
                return new Instruction { Facts = facts, Offset = offset, Bits = (ulong)_cursor.ReadS64() };

            case ImmediateKind.F32:
                return new Instruction { Facts = facts, Offset = offset, Bits = _cursor.ReadF32Bits() };

            case ImmediateKind.F64:
                return new Instruction { Facts = facts, Offset = offset, Bits = _cursor.ReadF64Bits() };

            default:
                return new Instruction { Facts = facts, Offset = offset, Index = _cursor.ReadU32() };
        }
    }

    private OpcodeFacts ReadPrefixed(int offset)
    {
        var code = _cursor.ReadU32();
        return OpcodeTable.FindPrefixed(code)
            ?? throw (code is >= 19 and <= 22
                ? new ModuleValidationException("wide arithmetic is not supported", offset)
                : new ModuleFormatException($"illegal opcode 0xfc {code}", offset));
    }

    private OpcodeFacts ReadVectorOpcode(int offset)
    {
        var code = _cursor.ReadU32();
        return OpcodeTable.FindVector(code) ?? throw new ModuleFormatException($"illegal opcode 0xfd {code}", offset);
    }

    private Instruction ReadVector(OpcodeFacts facts, int offset)
    {
        const int VectorBytes = 16;
        var start = _cursor.Position;
        _cursor.ReadBytes(VectorBytes);
        return new Instruction { Facts = facts, Offset = offset, ItemBytes = new ByteRange(start, VectorBytes) };
    }

    // spec: syntax-br_table
    private Instruction ReadLabelTable(OpcodeFacts facts, int offset)
    {
        var count = _cursor.ReadCount("branch labels", ImplementationLimits.Labels);
        var start = _cursor.Position;
        for (var i = 0; i <= count; i++)
        {
            _cursor.ReadU32();
        }

        return new Instruction
        {
            Facts = facts,
            Offset = offset,
            Index = (uint)count,
            ItemBytes = new ByteRange(start, _cursor.Position - start),
        };
    }

    private Instruction ReadValueTypes(OpcodeFacts facts, int offset)
    {
        var count = _cursor.ReadCount("types", ImplementationLimits.Results);
        var start = _cursor.Position;
        ValType first = default;
        for (var i = 0; i < count; i++)
        {
            var type = _cursor.ReadValueType(_module);
            first = i == 0 ? type : first;
        }

        return new Instruction
        {
            Facts = facts,
            Offset = offset,
            Index = (uint)count,
            Type = first,
            ItemBytes = new ByteRange(start, _cursor.Position - start),
        };
    }

    // spec: binary-catch
    private Instruction ReadTryTable(OpcodeFacts facts, int offset)
    {
        var block = _cursor.ReadBlockType(_module);
        var count = _cursor.ReadCount("catch clauses", ImplementationLimits.CatchClauses, leastItemSize: 2);
        var start = _cursor.Position;
        for (var i = 0; i < count; i++)
        {
            CatchClause.Read(ref _cursor);
        }

        return new Instruction
        {
            Facts = facts,
            Offset = offset,
            Block = block,
            Index = (uint)count,
            ItemBytes = new ByteRange(start, _cursor.Position - start),
        };
    }

    // spec: binary-memarg
    private uint ReadAlignment(out uint memory)
    {
        const uint HasMemoryIndex = 0x40;
        var offset = _cursor.Position;
        var alignment = _cursor.ReadU32();
        if (alignment >= 2 * HasMemoryIndex)
        {
            throw new ModuleFormatException("malformed memop flags", offset);
        }

        memory = 0;
        if (alignment < HasMemoryIndex)
        {
            return alignment;
        }

        _module.Require(WasmFeatures.MultiMemory, offset);
        memory = _cursor.ReadU32();
        return alignment - HasMemoryIndex;
    }

    private ulong ReadOffset() => (_missing & WasmFeatures.Memory64) == 0 ? _cursor.ReadU64() : _cursor.ReadU32();

    private uint ReadMemoryIndex()
    {
        if ((_missing & WasmFeatures.MultiMemory) == 0)
        {
            return _cursor.ReadU32();
        }

        var offset = _cursor.Position;
        return _cursor.ReadByte() == 0
            ? 0U
            : throw new ModuleFormatException("zero byte expected: multiple memories are not enabled", offset);
    }
}
