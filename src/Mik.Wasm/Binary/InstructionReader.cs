using Mik.Wasm.Runtime;

namespace Mik.Wasm.Binary;

/// <summary>Reads instructions with their immediates, one after the other; nesting is the caller's business.</summary>
// spec: binary-instr
internal ref struct InstructionReader(ModuleDefinition module, ByteRange code)
{
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
            throw FeatureText.Refusal(facts.Feature, offset);
        }

        switch (facts.Immediate)
        {
            case ImmediateKind.None:
                return new Instruction { Facts = facts, Offset = offset };

            case ImmediateKind.BlockType:
                return new Instruction { Facts = facts, Offset = offset, Block = ReadBlockType() };

            case ImmediateKind.LabelTable:
                return ReadLabelTable(facts, offset);

            case ImmediateKind.ValueTypes:
                return ReadValueTypes(facts, offset);

            case ImmediateKind.TypeAndTable or ImmediateKind.ElementAndTable or ImmediateKind.TwoTables:
                return new Instruction { Facts = facts, Offset = offset, Index = _cursor.ReadU32(), SecondIndex = _cursor.ReadU32() };

            case ImmediateKind.Memory:
                ReadMemoryIndex();
                return new Instruction { Facts = facts, Offset = offset };

            case ImmediateKind.TwoMemories:
                ReadMemoryIndex();
                ReadMemoryIndex();
                return new Instruction { Facts = facts, Offset = offset };

            case ImmediateKind.DataAndMemory:
                var data = _cursor.ReadU32();
                ReadMemoryIndex();
                return new Instruction { Facts = facts, Offset = offset, Index = data };

            case ImmediateKind.MemoryArgument:
                return new Instruction { Facts = facts, Offset = offset, Index = ReadAlignment(), Bits = _cursor.ReadU32() };

            case ImmediateKind.MemoryArgumentAndLane:
                return new Instruction
                {
                    Facts = facts,
                    Offset = offset,
                    Index = ReadAlignment(),
                    Bits = _cursor.ReadU32(),
                    Lane = _cursor.ReadByte(),
                };

            case ImmediateKind.Lane:
                return new Instruction { Facts = facts, Offset = offset, Lane = _cursor.ReadByte() };

            case ImmediateKind.V128 or ImmediateKind.Shuffle:
                return ReadVector(facts, offset);

            case ImmediateKind.ReferenceType:
                return new Instruction { Facts = facts, Offset = offset, Type = _cursor.ReadReferenceType() };

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

    private BlockType ReadBlockType()
    {
        var type = _cursor.ReadBlockType();
        Enabled(type.Result);
        return type;
    }

    private readonly Types.ValType Enabled(Types.ValType type) => type != Types.ValType.V128 || (_missing & WasmFeatures.Simd) == 0
        ? type
        : throw FeatureText.Refusal(WasmFeatures.Simd, _cursor.Position);

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
        Types.ValType first = default;
        for (var i = 0; i < count; i++)
        {
            var type = Enabled(_cursor.ReadValueType());
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

    // spec: binary-memarg
    private uint ReadAlignment()
    {
        const uint HasMemoryIndex = 0x40;
        var offset = _cursor.Position;
        var alignment = _cursor.ReadU32();
        if (alignment >= 2 * HasMemoryIndex)
        {
            throw new ModuleFormatException("malformed memop flags", offset);
        }

        return alignment < HasMemoryIndex
            ? alignment
            : throw FeatureText.Refusal(WasmFeatures.MultiMemory, offset);
    }

    private void ReadMemoryIndex()
    {
        var offset = _cursor.Position;
        if (_cursor.ReadByte() != 0)
        {
            throw new ModuleFormatException("zero byte expected: multiple memories are not supported", offset);
        }
    }
}
