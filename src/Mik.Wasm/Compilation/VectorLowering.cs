using System.Reflection.Metadata;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime.Builtins;

namespace Mik.Wasm.Compilation;

/// <summary>One thing a vector instruction becomes: a CIL instruction or a call.</summary>
internal readonly struct VectorStep
{
    private VectorStep(ILOpCode opcode, VectorMethod? method)
    {
        Opcode = opcode;
        Method = method;
    }

    public ILOpCode Opcode { get; }

    public VectorMethod? Method { get; }

    public static implicit operator VectorStep(ILOpCode opcode) => new(opcode, null);

    public static implicit operator VectorStep(VectorMethod method) => new(ILOpCode.Call, method);
}

/// <summary>
/// What a vector instruction becomes. The processor is the one that runs the code, so a row may name its instructions; where it lacks
/// them, the row falls back to <see cref="VectorBuiltins"/>.
/// </summary>
/// <param name="Steps">Emitted in order once the operands are on the evaluation stack; for a load, once the address is.</param>
internal sealed record VectorLowering(params VectorStep[] Steps)
{
    private const int Rows = 0x114;

    private static readonly VectorLowering?[] Table = Build();

    /// <summary>Applied to the operands one by one, before the next comes onto the evaluation stack.</summary>
    public VectorMethod?[] Prepare { get; private init; } = [];

    /// <summary>The order in which the operands go onto the evaluation stack, if not the instruction's own.</summary>
    public int[] Order { get; private init; } = [];

    /// <summary>For shifts, what of the count is used; otherwise 0.</summary>
    public int CountMask { get; private init; }

    /// <summary>The lowering of an instruction; shuffles and what loads or stores a whole vector have none.</summary>
    public static VectorLowering Of(Opcode opcode) =>
        Table[Position(opcode)] ?? throw new InvalidOperationException($"{opcode} has no lowering");

    private static int Position(Opcode opcode) => (int)opcode - (OpcodeFacts.VectorPrefix << 8);

    private static VectorLowering?[] Build()
    {
        var table = new VectorLowering?[Rows];
        AddMemory(table);
        AddLanes(table);
        AddBitwise(table);
        AddComparisons(table);
        AddIntegers(table);
        AddWidening(table);
        AddFloats(table);
        AddConversions(table);
        AddRelaxed(table);
        return table;
    }

    private static void AddMemory(VectorLowering?[] table)
    {
        Widen(Opcode.V128Load8x8S, "*c>*s");
        Widen(Opcode.V128Load8x8U, "*b>*w");
        Widen(Opcode.V128Load16x4S, "*s>*i");
        Widen(Opcode.V128Load16x4U, "*w>*u");
        Widen(Opcode.V128Load32x2S, "*i>*I");
        Widen(Opcode.V128Load32x2U, "*u>*U");
        Add(table, Opcode.V128Load8Splat, ILOpCode.Ldind_u1, Overload("Create", "b>*b"));
        Add(table, Opcode.V128Load16Splat, ILOpCode.Ldind_u2, Overload("Create", "w>*w"));
        Add(table, Opcode.V128Load32Splat, ILOpCode.Ldind_i4, Overload("Create", "i>*i"));
        Add(table, Opcode.V128Load64Splat, ILOpCode.Ldind_i8, Overload("Create", "I>*I"));
        Add(table, Opcode.V128Load32Zero, ILOpCode.Ldind_i4, Overload("CreateScalar", "i>*i"));
        Add(table, Opcode.V128Load64Zero, ILOpCode.Ldind_i8, Overload("CreateScalar", "I>*I"));

        // What happens to the lane itself; the vector and the lane's number come before it.
        Add(table, Opcode.V128Load8Lane, ILOpCode.Ldind_u1, Generic("WithElement", "*TiT>*T", 'b'));
        Add(table, Opcode.V128Load16Lane, ILOpCode.Ldind_u2, Generic("WithElement", "*TiT>*T", 'w'));
        Add(table, Opcode.V128Load32Lane, ILOpCode.Ldind_i4, Generic("WithElement", "*TiT>*T", 'i'));
        Add(table, Opcode.V128Load64Lane, ILOpCode.Ldind_i8, Generic("WithElement", "*TiT>*T", 'I'));
        Add(table, Opcode.V128Store8Lane, Generic("GetElement", "*Ti>T", 'b'), ILOpCode.Stind_i1);
        Add(table, Opcode.V128Store16Lane, Generic("GetElement", "*Ti>T", 'w'), ILOpCode.Stind_i2);
        Add(table, Opcode.V128Store32Lane, Generic("GetElement", "*Ti>T", 'i'), ILOpCode.Stind_i4);
        Add(table, Opcode.V128Store64Lane, Generic("GetElement", "*Ti>T", 'I'), ILOpCode.Stind_i8);

        void Widen(Opcode opcode, string signature) =>
            Add(table, opcode, ILOpCode.Ldind_i8, Overload("CreateScalar", "I>*I"), Overload("WidenLower", signature));
    }

    private static void AddLanes(VectorLowering?[] table)
    {
        Add(table, Opcode.I8x16Swizzle, Own(nameof(VectorBuiltins.Swizzle), 2));
        Add(table, Opcode.I8x16Splat, ILOpCode.Conv_u1, Overload("Create", "b>*b"));
        Add(table, Opcode.I16x8Splat, ILOpCode.Conv_u2, Overload("Create", "w>*w"));
        Add(table, Opcode.I32x4Splat, Overload("Create", "i>*i"));
        Add(table, Opcode.I64x2Splat, Overload("Create", "I>*I"));
        Add(table, Opcode.F32x4Splat, Overload("Create", "f>*f"));
        Add(table, Opcode.F64x2Splat, Overload("Create", "F>*F"));

        Add(table, Opcode.I8x16ExtractLaneS, Generic("GetElement", "*Ti>T", 'c'));
        Add(table, Opcode.I8x16ExtractLaneU, Generic("GetElement", "*Ti>T", 'b'));
        Add(table, Opcode.I16x8ExtractLaneS, Generic("GetElement", "*Ti>T", 's'));
        Add(table, Opcode.I16x8ExtractLaneU, Generic("GetElement", "*Ti>T", 'w'));
        Add(table, Opcode.I32x4ExtractLane, Generic("GetElement", "*Ti>T", 'i'));
        Add(table, Opcode.I64x2ExtractLane, Generic("GetElement", "*Ti>T", 'I'));
        Add(table, Opcode.F32x4ExtractLane, Generic("GetElement", "*Ti>T", 'f'));
        Add(table, Opcode.F64x2ExtractLane, Generic("GetElement", "*Ti>T", 'F'));

        Add(table, Opcode.I8x16ReplaceLane, ILOpCode.Conv_u1, Generic("WithElement", "*TiT>*T", 'b'));
        Add(table, Opcode.I16x8ReplaceLane, ILOpCode.Conv_u2, Generic("WithElement", "*TiT>*T", 'w'));
        Add(table, Opcode.I32x4ReplaceLane, Generic("WithElement", "*TiT>*T", 'i'));
        Add(table, Opcode.I64x2ReplaceLane, Generic("WithElement", "*TiT>*T", 'I'));
        Add(table, Opcode.F32x4ReplaceLane, Generic("WithElement", "*TiT>*T", 'f'));
        Add(table, Opcode.F64x2ReplaceLane, Generic("WithElement", "*TiT>*T", 'F'));
    }

    private static void AddBitwise(VectorLowering?[] table)
    {
        Add(table, Opcode.V128Not, Generic("OnesComplement", "*T>*T", 'b'));
        Add(table, Opcode.V128And, Binary("BitwiseAnd", 'b'));
        Add(table, Opcode.V128Andnot, Binary("AndNot", 'b'));
        Add(table, Opcode.V128Or, VectorMethods.Or);
        Add(table, Opcode.V128Xor, Binary("Xor", 'b'));
        table[Position(Opcode.V128Bitselect)] = new VectorLowering(VectorMethods.Select) { Order = [2, 0, 1] };

        AddTest(Opcode.V128AnyTrue, "EqualsAll", 'U');
        AddTest(Opcode.I8x16AllTrue, "EqualsAny", 'b');
        AddTest(Opcode.I16x8AllTrue, "EqualsAny", 's');
        AddTest(Opcode.I32x4AllTrue, "EqualsAny", 'i');
        AddTest(Opcode.I64x2AllTrue, "EqualsAny", 'I');
        Add(table, Opcode.I8x16Bitmask, Generic("ExtractMostSignificantBits", "*T>u", 'b'));
        Add(table, Opcode.I16x8Bitmask, Generic("ExtractMostSignificantBits", "*T>u", 's'));
        Add(table, Opcode.I32x4Bitmask, Generic("ExtractMostSignificantBits", "*T>u", 'i'));
        Add(table, Opcode.I64x2Bitmask, Generic("ExtractMostSignificantBits", "*T>u", 'I'));

        // True when it is not so that all lanes, or any, equal zero.
        void AddTest(Opcode opcode, string name, char lane) => Add(
            table,
            opcode,
            ILOpCode.Ldc_i4_0,
            ILOpCode.Conv_i8,
            VectorMethods.Splat,
            Generic(name, "*T*T>z", lane),
            ILOpCode.Ldc_i4_0,
            ILOpCode.Ceq);
    }

    private static void AddComparisons(VectorLowering?[] table)
    {
        AddInteger(Opcode.I8x16Eq, 'c', 'b');
        AddInteger(Opcode.I16x8Eq, 's', 'w');
        AddInteger(Opcode.I32x4Eq, 'i', 'u');
        AddOrdered(Opcode.F32x4Eq, 'f');
        AddOrdered(Opcode.F64x2Eq, 'F');
        AddOrdered(Opcode.I64x2Eq, 'I');

        // eq, ne, then lt, gt, le, ge each signed and unsigned.
        void AddInteger(Opcode first, char signed, char unsigned)
        {
            AddEquality(first, signed);
            string[] names = ["LessThan", "GreaterThan", "LessThanOrEqual", "GreaterThanOrEqual"];
            for (var i = 0; i < names.Length; i++)
            {
                var opcode = (Opcode)((int)first + 2 + (2 * i));
                Add(table, opcode, Binary(names[i], signed));
                Add(table, opcode + 1, Binary(names[i], unsigned));
            }
        }

        // eq, ne, lt, gt, le, ge; a NaN makes all but ne false.
        void AddOrdered(Opcode first, char lane)
        {
            AddEquality(first, lane);
            Add(table, first + 2, Binary("LessThan", lane));
            Add(table, first + 3, Binary("GreaterThan", lane));
            Add(table, first + 4, Binary("LessThanOrEqual", lane));
            Add(table, first + 5, Binary("GreaterThanOrEqual", lane));
        }

        void AddEquality(Opcode first, char lane)
        {
            Add(table, first, Binary("Equals", lane));
            Add(table, first + 1, Binary("Equals", lane), Generic("OnesComplement", "*T>*T", 'b'));
        }
    }

    private static void AddIntegers(VectorLowering?[] table)
    {
        AddLaneType(Opcode.I8x16Abs, nameof(VectorBuiltins.I8x16Abs), 'c', 'b', 7);
        AddLaneType(Opcode.I16x8Abs, nameof(VectorBuiltins.I16x8Abs), 's', 'w', 15);
        AddLaneType(Opcode.I32x4Abs, nameof(VectorBuiltins.I32x4Abs), 'i', 'u', 31);
        AddLaneType(Opcode.I64x2Abs, nameof(VectorBuiltins.I64x2Abs), 'I', 'U', 63);
        AddMinMax(Opcode.I8x16MinS, 'c', 'b');
        AddMinMax(Opcode.I16x8MinS, 's', 'w');
        AddMinMax(Opcode.I32x4MinS, 'i', 'u');
        AddSaturating(Opcode.I8x16AddSatS, Opcode.I8x16SubSatS, 'c', 'b');
        AddSaturating(Opcode.I16x8AddSatS, Opcode.I16x8SubSatS, 's', 'w');
        Add(table, Opcode.I16x8Mul, Binary("Multiply", 's'));
        Add(table, Opcode.I32x4Mul, Binary("Multiply", 'i'));
        Add(table, Opcode.I64x2Mul, Binary("Multiply", 'I'));

        Add(table, Opcode.I8x16Popcnt, Own(nameof(VectorBuiltins.I8x16Popcnt)));
        Add(table, Opcode.I8x16AvgrU, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.Average), "*b*b>*b")
            : Own(nameof(VectorBuiltins.I8x16AvgrU), 2));
        Add(table, Opcode.I16x8AvgrU, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.Average), "*w*w>*w")
            : Own(nameof(VectorBuiltins.I16x8AvgrU), 2));
        Add(table, Opcode.I16x8Q15mulrSatS, Own(nameof(VectorBuiltins.I16x8Q15MulrSatS), 2));
        Add(table, Opcode.I32x4DotI16x8S, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.MultiplyAddAdjacent), "*s*s>*i")
            : Own(nameof(VectorBuiltins.I32x4DotI16x8S), 2));

        // abs and neg are the first of a lane type's opcodes, the shifts and the sums have their distances from them.
        void AddLaneType(Opcode abs, string fallback, char signed, char unsigned, int mask)
        {
            const int ToNeg = 1;
            const int ToShl = 11;
            const int ToAdd = 14;
            const int ToSub = 17;

            // The framework's own fallback raises an overflow for the smallest number.
            Add(table, abs, Vector128.IsHardwareAccelerated ? Generic("Abs", "*T>*T", signed) : Own(fallback));
            Add(table, abs + ToNeg, Generic("Negate", "*T>*T", signed));
            AddShift(abs + ToShl, "ShiftLeft", signed, mask);
            AddShift(abs + ToShl + 1, "ShiftRightArithmetic", signed, mask);
            AddShift(abs + ToShl + 2, "ShiftRightLogical", unsigned, mask);
            Add(table, abs + ToAdd, Binary("Add", signed));
            Add(table, abs + ToSub, Binary("Subtract", signed));
        }

        void AddShift(Opcode opcode, string name, char lane, int mask) =>
            table[Position(opcode)] = new VectorLowering(Overload(name, $"*{lane}i>*{lane}")) { CountMask = mask };

        void AddMinMax(Opcode first, char signed, char unsigned)
        {
            Add(table, first, Binary("Min", signed));
            Add(table, first + 1, Binary("Min", unsigned));
            Add(table, first + 2, Binary("Max", signed));
            Add(table, first + 3, Binary("Max", unsigned));
        }

        void AddSaturating(Opcode add, Opcode subtract, char signed, char unsigned)
        {
            Add(table, add, Binary("AddSaturate", signed));
            Add(table, add + 1, Binary("AddSaturate", unsigned));
            Add(table, subtract, Binary("SubtractSaturate", signed));
            Add(table, subtract + 1, Binary("SubtractSaturate", unsigned));
        }
    }

    private static void AddWidening(VectorLowering?[] table)
    {
        Add(table, Opcode.I8x16NarrowI16x8S, Overload("NarrowWithSaturation", "*s*s>*c"));
        Add(table, Opcode.I16x8NarrowI32x4S, Overload("NarrowWithSaturation", "*i*i>*s"));
        Add(table, Opcode.I8x16NarrowI16x8U, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.PackUnsignedSaturate), "*s*s>*b")
            : Own(nameof(VectorBuiltins.I8x16NarrowI16x8U), 2));
        Add(table, Opcode.I16x8NarrowI32x4U, Sse41.IsSupported
            ? new VectorMethod(typeof(Sse41), nameof(Sse41.PackUnsignedSaturate), "*i*i>*w")
            : Own(nameof(VectorBuiltins.I16x8NarrowI32x4U), 2));

        AddExtensions(Opcode.I16x8ExtendLowI8x16S, "*c>*s", "*b>*w");
        AddExtensions(Opcode.I32x4ExtendLowI16x8S, "*s>*i", "*w>*u");
        AddExtensions(Opcode.I64x2ExtendLowI32x4S, "*i>*I", "*u>*U");
        AddProducts(Opcode.I16x8ExtmulLowI8x16S, "*c>*s", "*b>*w", 's');
        AddProducts(Opcode.I32x4ExtmulLowI16x8S, "*s>*i", "*w>*u", 'i');
        Add(table, Opcode.I64x2ExtmulLowI32x4S, Own(nameof(VectorBuiltins.I64x2ExtmulLowI32x4S), 2));
        Add(table, Opcode.I64x2ExtmulHighI32x4S, Own(nameof(VectorBuiltins.I64x2ExtmulHighI32x4S), 2));
        Add(table, Opcode.I64x2ExtmulLowI32x4U, Own(nameof(VectorBuiltins.I64x2ExtmulLowI32x4U), 2));
        Add(table, Opcode.I64x2ExtmulHighI32x4U, Own(nameof(VectorBuiltins.I64x2ExtmulHighI32x4U), 2));

        Add(table, Opcode.I16x8ExtaddPairwiseI8x16S, Own(nameof(VectorBuiltins.I16x8ExtaddPairwiseI8x16S)));
        Add(table, Opcode.I16x8ExtaddPairwiseI8x16U, Own(nameof(VectorBuiltins.I16x8ExtaddPairwiseI8x16U)));
        Add(table, Opcode.I32x4ExtaddPairwiseI16x8S, Own(nameof(VectorBuiltins.I32x4ExtaddPairwiseI16x8S)));
        Add(table, Opcode.I32x4ExtaddPairwiseI16x8U, Own(nameof(VectorBuiltins.I32x4ExtaddPairwiseI16x8U)));

        // low_s, high_s, low_u, high_u.
        void AddExtensions(Opcode first, string signed, string unsigned)
        {
            Add(table, first, Overload("WidenLower", signed));
            Add(table, first + 1, Overload("WidenUpper", signed));
            Add(table, first + 2, Overload("WidenLower", unsigned));
            Add(table, first + 3, Overload("WidenUpper", unsigned));
        }

        void AddProducts(Opcode first, string signed, string unsigned, char lane)
        {
            AddProduct(first, Overload("WidenLower", signed), lane);
            AddProduct(first + 1, Overload("WidenUpper", signed), lane);
            AddProduct(first + 2, Overload("WidenLower", unsigned), lane);
            AddProduct(first + 3, Overload("WidenUpper", unsigned), lane);
        }

        void AddProduct(Opcode opcode, VectorMethod widen, char lane) =>
            table[Position(opcode)] = new VectorLowering(Binary("Multiply", lane)) { Prepare = [widen, widen] };
    }

    private static void AddFloats(VectorLowering?[] table)
    {
        AddLaneType(Opcode.F32x4Abs, 'f');
        AddLaneType(Opcode.F64x2Abs, 'F');

        AddRounding(Opcode.F32x4Ceil, "Ceiling", 'f');
        AddRounding(Opcode.F32x4Floor, "Floor", 'f');
        AddRounding(Opcode.F32x4Trunc, "Truncate", 'f');
        AddRounding(Opcode.F32x4Nearest, "Round", 'f');
        AddRounding(Opcode.F64x2Ceil, "Ceiling", 'F');
        AddRounding(Opcode.F64x2Floor, "Floor", 'F');
        AddRounding(Opcode.F64x2Trunc, "Truncate", 'F');
        AddRounding(Opcode.F64x2Nearest, "Round", 'F');

        Add(table, Opcode.F32x4Min, Own(nameof(VectorBuiltins.F32x4Min), 2));
        Add(table, Opcode.F32x4Max, Own(nameof(VectorBuiltins.F32x4Max), 2));
        Add(table, Opcode.F64x2Min, Own(nameof(VectorBuiltins.F64x2Min), 2));
        Add(table, Opcode.F64x2Max, Own(nameof(VectorBuiltins.F64x2Max), 2));
        AddChoice(table, Opcode.F32x4Pmin, [1, 0], typeof(Sse), "Min", 'f', nameof(VectorBuiltins.F32x4FirstIfLess));
        AddChoice(table, Opcode.F32x4Pmax, [1, 0], typeof(Sse), "Max", 'f', nameof(VectorBuiltins.F32x4FirstIfGreater));
        AddChoice(table, Opcode.F64x2Pmin, [1, 0], typeof(Sse2), "Min", 'F', nameof(VectorBuiltins.F64x2FirstIfLess));
        AddChoice(table, Opcode.F64x2Pmax, [1, 0], typeof(Sse2), "Max", 'F', nameof(VectorBuiltins.F64x2FirstIfGreater));

        void AddLaneType(Opcode abs, char lane)
        {
            Add(table, abs, Generic("Abs", "*T>*T", lane));
            Add(table, abs + 1, Generic("Negate", "*T>*T", lane));
            Add(table, abs + 3, Generic("Sqrt", "*T>*T", lane));
            Add(table, abs + 4, Binary("Add", lane));
            Add(table, abs + 5, Binary("Subtract", lane));
            Add(table, abs + 6, Binary("Multiply", lane));
            Add(table, abs + 7, Binary("Divide", lane));
        }

        // Rounding in software, as opposed to instructions, passes a signalling NaN through.
        void AddRounding(Opcode opcode, string name, char lane)
        {
            var round = Overload(name, $"*{lane}>*{lane}");
            if (Sse41.IsSupported || AdvSimd.Arm64.IsSupported)
            {
                Add(table, opcode, round);
            }
            else
            {
                Add(table, opcode, round, Own(lane == 'f' ? nameof(VectorBuiltins.F32x4Quiet) : nameof(VectorBuiltins.F64x2Quiet)));
            }
        }
    }

    private static void AddConversions(VectorLowering?[] table)
    {
        // Saturating on every platform since .NET 9, NaN to 0.
        Add(table, Opcode.I32x4TruncSatF32x4S, Overload("ConvertToInt32", "*f>*i"));
        Add(table, Opcode.I32x4TruncSatF32x4U, Overload("ConvertToUInt32", "*f>*u"));
        Add(table, Opcode.I32x4TruncSatF64x2SZero, Own(nameof(VectorBuiltins.I32x4TruncSatF64x2SZero)));
        Add(table, Opcode.I32x4TruncSatF64x2UZero, Own(nameof(VectorBuiltins.I32x4TruncSatF64x2UZero)));
        Add(table, Opcode.F32x4ConvertI32x4S, Overload("ConvertToSingle", "*i>*f"));
        Add(table, Opcode.F32x4ConvertI32x4U, Overload("ConvertToSingle", "*u>*f"));
        Add(table, Opcode.F64x2ConvertLowI32x4S, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.ConvertToVector128Double), "*i>*F")
            : Own(nameof(VectorBuiltins.F64x2ConvertLowI32x4S)));
        Add(table, Opcode.F64x2ConvertLowI32x4U, Own(nameof(VectorBuiltins.F64x2ConvertLowI32x4U)));
        Add(table, Opcode.F32x4DemoteF64x2Zero, Sse2.IsSupported
            ? new VectorMethod(typeof(Sse2), nameof(Sse2.ConvertToVector128Single), "*F>*f")
            : Own(nameof(VectorBuiltins.F32x4DemoteF64x2Zero)));
        Add(table, Opcode.F64x2PromoteLowF32x4, Overload("WidenLower", "*f>*F"));
    }

    /// <summary>
    /// The relaxed instructions. Where the specification leaves a choice, it is made here, once for all processors: what has an exact
    /// counterpart is that, multiply-and-add rounds once, the minimum and maximum are a comparison and a selection.
    /// </summary>
    // spec: relaxed-ops
    private static void AddRelaxed(VectorLowering?[] table)
    {
        Same(Opcode.I8x16RelaxedSwizzle, Opcode.I8x16Swizzle);
        Same(Opcode.I32x4RelaxedTruncF32x4S, Opcode.I32x4TruncSatF32x4S);
        Same(Opcode.I32x4RelaxedTruncF32x4U, Opcode.I32x4TruncSatF32x4U);
        Same(Opcode.I32x4RelaxedTruncF64x2SZero, Opcode.I32x4TruncSatF64x2SZero);
        Same(Opcode.I32x4RelaxedTruncF64x2UZero, Opcode.I32x4TruncSatF64x2UZero);
        Same(Opcode.I8x16RelaxedLaneselect, Opcode.V128Bitselect);
        Same(Opcode.I16x8RelaxedLaneselect, Opcode.V128Bitselect);
        Same(Opcode.I32x4RelaxedLaneselect, Opcode.V128Bitselect);
        Same(Opcode.I64x2RelaxedLaneselect, Opcode.V128Bitselect);
        Same(Opcode.I16x8RelaxedQ15mulrS, Opcode.I16x8Q15mulrSatS);

        AddFused(Opcode.F32x4RelaxedMadd, 'f');
        AddFused(Opcode.F64x2RelaxedMadd, 'F');
        AddChoice(table, Opcode.F32x4RelaxedMin, [], typeof(Sse), "Min", 'f', nameof(VectorBuiltins.F32x4FirstIfLess));
        AddChoice(table, Opcode.F32x4RelaxedMax, [], typeof(Sse), "Max", 'f', nameof(VectorBuiltins.F32x4FirstIfGreater));
        AddChoice(table, Opcode.F64x2RelaxedMin, [], typeof(Sse2), "Min", 'F', nameof(VectorBuiltins.F64x2FirstIfLess));
        AddChoice(table, Opcode.F64x2RelaxedMax, [], typeof(Sse2), "Max", 'F', nameof(VectorBuiltins.F64x2FirstIfGreater));
        Add(table, Opcode.I16x8RelaxedDotI8x16I7x16S, Own(nameof(VectorBuiltins.I16x8DotI8x16S), 2));
        Add(table, Opcode.I32x4RelaxedDotI8x16I7x16AddS, Own(nameof(VectorBuiltins.I32x4DotI8x16AddS), 3));

        void Same(Opcode relaxed, Opcode exact) => table[Position(relaxed)] = table[Position(exact)];

        void AddFused(Opcode opcode, char lane)
        {
            var fused = Overload("FusedMultiplyAdd", $"*{lane}*{lane}*{lane}>*{lane}");
            Add(table, opcode, fused);
            table[Position(opcode + 1)] = new VectorLowering(fused) { Prepare = [Generic("Negate", "*T>*T", lane), null, null] };
        }
    }

    // x86's minimum and maximum yield the second operand unless the first is strictly less or greater.
    private static void AddChoice(
        VectorLowering?[] table, Opcode opcode, int[] order, Type type, string name, char lane, string fallback) =>
        table[Position(opcode)] = new VectorLowering(
            Sse2.IsSupported ? new VectorMethod(type, name, $"*{lane}*{lane}>*{lane}") : Own(fallback, 2))
        {
            Order = order,
        };

    private static void Add(VectorLowering?[] table, Opcode opcode, params VectorStep[] steps) =>
        table[Position(opcode)] = new VectorLowering(steps);

    private static VectorMethod Overload(string name, string signature) => VectorMethod.Overload(name, signature);

    private static VectorMethod Generic(string name, string signature, char lane) => VectorMethod.Generic(name, signature, lane);

    private static VectorMethod Binary(string name, char lane) => VectorMethod.Generic(name, "*T*T>*T", lane);

    private static VectorMethod Own(string name, int operands = 1) => VectorMethod.Own(name, operands);
}
