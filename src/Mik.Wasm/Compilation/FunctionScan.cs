using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>What must be known about a function before its first instruction is compiled. Unreachable code counts too.</summary>
/// <param name="CodeBytes">Length of its code in the binary.</param>
/// <param name="DeclaredLocals">Locals besides the parameters.</param>
/// <param name="TouchedMemories">Memories it has a load or store for: a set by index, in which the last bit stands for all further ones.</param>
/// <param name="Calls">Calls other guest or host code.</param>
/// <param name="CallsUnknown">Calls through a table, a reference or an import.</param>
/// <param name="TailCalls">Has a <c>return_call</c> of any kind.</param>
/// <param name="TestedLocals">
/// Locals whose value goes straight into something other than arithmetic, such as a condition; a set by index modulo 64.
/// </param>
/// <param name="Callees">Defined functions called directly, by function index; collected for short functions only.</param>
internal readonly record struct FunctionScan(
    int CodeBytes,
    long DeclaredLocals,
    ulong TouchedMemories,
    bool Calls,
    bool CallsUnknown,
    bool TailCalls,
    ulong TestedLocals,
    uint[] Callees)
{
    /// <summary>Whether it has a load or store for that memory.</summary>
    public bool Touches(int memory) => (TouchedMemories & MemoryBit((uint)memory)) != 0;

    /// <param name="module">Validated.</param>
    /// <param name="body">One of its bodies.</param>
    /// <param name="calleesUpTo">Longest code, in bytes, whose callees are wanted.</param>
    public static FunctionScan Of(ModuleDefinition module, FunctionBody body, int calleesUpTo)
    {
        var touchedMemories = 0UL;
        var calls = false;
        var callsUnknown = false;
        var tailCalls = false;
        var testedLocals = 0UL;
        var localJustRead = 0UL;
        List<uint>? callees = null;

        var reader = new InstructionReader(module, body.Code);
        while (!reader.AtEnd)
        {
            var instruction = reader.Read();
            if (!KeepsOperandFromTests(instruction.Opcode))
            {
                testedLocals |= localJustRead;
            }

            // A constant in between, as in a comparison with it, does not hide the local.
            localJustRead = instruction.Opcode switch
            {
                Opcode.LocalGet or Opcode.LocalTee => Expression.LocalBit(instruction.Index),
                Opcode.I32Const or Opcode.I64Const => localJustRead,
                _ => 0,
            };
            switch (instruction.Opcode)
            {
                case >= Opcode.I32Load and <= Opcode.I64Store32:
                case Opcode.V128Store or (>= Opcode.V128Load and <= Opcode.V128Load64Splat):
                case >= Opcode.V128Load8Lane and <= Opcode.V128Load64Zero:
                    touchedMemories |= MemoryBit(instruction.SecondIndex);
                    break;

                case Opcode.Call or Opcode.ReturnCall:
                    calls = true;
                    tailCalls |= instruction.Opcode == Opcode.ReturnCall;
                    if (instruction.Index < module.ImportedFunctionCount)
                    {
                        callsUnknown = true;
                    }
                    else if (body.Code.Length <= calleesUpTo)
                    {
                        (callees ??= []).Add(instruction.Index);
                    }

                    break;

                case Opcode.CallIndirect or Opcode.ReturnCallIndirect or Opcode.CallRef or Opcode.ReturnCallRef:
                    calls = true;
                    callsUnknown = true;
                    tailCalls |= instruction.Opcode is Opcode.ReturnCallIndirect or Opcode.ReturnCallRef;
                    break;
            }
        }

        var locals = 0L;
        foreach (var run in body.Locals)
        {
            locals += run.Count;
        }

        return new FunctionScan(
            body.Code.Length, locals, touchedMemories, calls, callsUnknown, tailCalls, testedLocals, callees is null ? [] : [.. callees]);
    }

    private static ulong MemoryBit(uint memory) => 1UL << (int)Math.Min(memory, 63);

    private static bool KeepsOperandFromTests(Opcode opcode) => opcode
        is Opcode.LocalGet or Opcode.LocalTee or Opcode.I32Const or Opcode.I64Const
        or (>= Opcode.I32Load and <= Opcode.I64Store32)
        or (>= Opcode.I32Add and <= Opcode.I32Rotr)
        or (>= Opcode.I64Add and <= Opcode.I64Rotr)
        or >= Opcode.V128Load;
}
