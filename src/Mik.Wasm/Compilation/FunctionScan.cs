using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>What must be known about a function before its first instruction is compiled. Unreachable code counts too.</summary>
/// <param name="CodeBytes">Length of its code in the binary.</param>
/// <param name="DeclaredLocals">Locals besides the parameters.</param>
/// <param name="TouchesMemory">Has a load or store.</param>
/// <param name="Calls">Calls other guest or host code.</param>
/// <param name="CallsUnknown">Calls through a table or an import.</param>
/// <param name="TailCalls">Has a <c>return_call</c> of any kind.</param>
/// <param name="Callees">Defined functions called directly, by function index; collected for short functions only.</param>
internal readonly record struct FunctionScan(
    int CodeBytes,
    long DeclaredLocals,
    bool TouchesMemory,
    bool Calls,
    bool CallsUnknown,
    bool TailCalls,
    uint[] Callees)
{
    /// <param name="module">Validated.</param>
    /// <param name="body">One of its bodies.</param>
    /// <param name="calleesUpTo">Longest code, in bytes, whose callees are wanted.</param>
    public static FunctionScan Of(ModuleDefinition module, FunctionBody body, int calleesUpTo)
    {
        var touchesMemory = false;
        var calls = false;
        var callsUnknown = false;
        var tailCalls = false;
        List<uint>? callees = null;

        var reader = new InstructionReader(module.Bytes.Span, body.Code);
        while (!reader.AtEnd)
        {
            var instruction = reader.Read();
            switch (instruction.Opcode)
            {
                case >= Opcode.I32Load and <= Opcode.I64Store32:
                    touchesMemory = true;
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

                case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                    calls = true;
                    callsUnknown = true;
                    tailCalls |= instruction.Opcode == Opcode.ReturnCallIndirect;
                    break;
            }
        }

        var locals = 0L;
        foreach (var run in body.Locals)
        {
            locals += run.Count;
        }

        return new FunctionScan(
            body.Code.Length, locals, touchesMemory, calls, callsUnknown, tailCalls, callees is null ? [] : [.. callees]);
    }
}
