using System.Reflection.Metadata;

namespace Mik.Wasm.Compilation;

/// <summary>How many values the instructions the compiler uses take from and leave on the evaluation stack.</summary>
internal static class CilStackEffect
{
    private const byte Unknown = 0xFF;

    // One byte per opcode: pops in the high half, pushes in the low half. Two-byte opcodes (0xFE..) follow the one-byte ones.
    private static readonly byte[] Effects = Build();

    public static int Pops(ILOpCode opcode) => Effect(opcode) >> 4;

    public static int Pushes(ILOpCode opcode) => Effect(opcode) & 0xF;

    private static byte Effect(ILOpCode opcode)
    {
        var effect = Effects[Index(opcode)];
        return effect != Unknown
            ? effect
            : throw new InvalidOperationException($"{opcode} has no fixed stack effect in the compiler's table");
    }

    private static int Index(ILOpCode opcode) => (int)opcode <= byte.MaxValue ? (int)opcode : 256 + ((int)opcode & 0xFF);

    private static byte[] Build()
    {
        var effects = new byte[512];
        Array.Fill(effects, Unknown);

        Set(0, 0, ILOpCode.Nop, ILOpCode.Volatile, ILOpCode.Tail, ILOpCode.Br, ILOpCode.Leave, ILOpCode.Ret);
        Set(0, 1, ILOpCode.Ldc_i4_m1, ILOpCode.Ldc_i4_0, ILOpCode.Ldc_i4_1, ILOpCode.Ldc_i4_2, ILOpCode.Ldc_i4_3, ILOpCode.Ldc_i4_4,
            ILOpCode.Ldc_i4_5, ILOpCode.Ldc_i4_6, ILOpCode.Ldc_i4_7, ILOpCode.Ldc_i4_8);
        Set(1, 0, ILOpCode.Pop, ILOpCode.Throw, ILOpCode.Endfilter, ILOpCode.Brtrue, ILOpCode.Brfalse);
        Set(1, 1, ILOpCode.Neg, ILOpCode.Not, ILOpCode.Localloc,
            ILOpCode.Conv_i, ILOpCode.Conv_u, ILOpCode.Conv_i1, ILOpCode.Conv_i2, ILOpCode.Conv_i4, ILOpCode.Conv_i8,
            ILOpCode.Conv_u1, ILOpCode.Conv_u2, ILOpCode.Conv_u4, ILOpCode.Conv_u8, ILOpCode.Conv_r4, ILOpCode.Conv_r8,
            ILOpCode.Ldind_i, ILOpCode.Ldind_i1, ILOpCode.Ldind_i2, ILOpCode.Ldind_i4, ILOpCode.Ldind_i8,
            ILOpCode.Ldind_u1, ILOpCode.Ldind_u2, ILOpCode.Ldind_u4, ILOpCode.Ldind_r4, ILOpCode.Ldind_r8);
        Set(1, 2, ILOpCode.Dup);
        Set(2, 0, ILOpCode.Beq, ILOpCode.Bne_un, ILOpCode.Blt, ILOpCode.Blt_un, ILOpCode.Bgt, ILOpCode.Bgt_un,
            ILOpCode.Ble, ILOpCode.Ble_un, ILOpCode.Bge, ILOpCode.Bge_un,
            ILOpCode.Stind_i, ILOpCode.Stind_i1, ILOpCode.Stind_i2, ILOpCode.Stind_i4, ILOpCode.Stind_i8,
            ILOpCode.Stind_r4, ILOpCode.Stind_r8);
        Set(2, 1, ILOpCode.Add, ILOpCode.Sub, ILOpCode.Mul, ILOpCode.Div, ILOpCode.Div_un, ILOpCode.Rem, ILOpCode.Rem_un,
            ILOpCode.And, ILOpCode.Or, ILOpCode.Xor, ILOpCode.Shl, ILOpCode.Shr, ILOpCode.Shr_un,
            ILOpCode.Ceq, ILOpCode.Clt, ILOpCode.Clt_un, ILOpCode.Cgt, ILOpCode.Cgt_un);
        return effects;

        void Set(int pops, int pushes, params ReadOnlySpan<ILOpCode> opcodes)
        {
            foreach (var opcode in opcodes)
            {
                effects[Index(opcode)] = (byte)((pops << 4) | pushes);
            }
        }
    }
}
