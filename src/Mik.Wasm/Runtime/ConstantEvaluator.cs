using Mik.Wasm.Binary;

namespace Mik.Wasm.Runtime;

/// <summary>Evaluates constant expressions, which the validator has checked.</summary>
// spec: valid-constant
internal static class ConstantEvaluator
{
    /// <summary>The value's bits; references as emitted code holds them.</summary>
    public static UInt128 Evaluate(Instance instance, ConstantExpression expression)
    {
        var stack = new Stack<UInt128>();
        var module = instance.Module.Definition;
        var reader = new InstructionReader(module, expression.Code);
        while (true)
        {
            var instruction = reader.Read();
            switch (instruction.Opcode)
            {
                case Opcode.End:
                    return stack.Pop();

                case Opcode.GlobalGet:
                    stack.Push(instance.GlobalValue(instruction.Index));
                    break;

                case Opcode.RefFunc:
                    stack.Push((ulong)instance.FuncRefAddress(instruction.Index));
                    break;

                case Opcode.RefNull:
                    stack.Push(0);
                    break;

                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                    var right = (ulong)stack.Pop();
                    stack.Push(Compute(instruction.Opcode, (ulong)stack.Pop(), right));
                    break;

                case Opcode.V128Const:
                    stack.Push(instruction.Vector(module.Bytes.Span));
                    break;

                default:
                    // i32.const, i64.const, f32.const, f64.const
                    stack.Push(instruction.Bits);
                    break;
            }
        }
    }

    // spec: exec-expr. Wrapping arithmetic; an i32 keeps its upper half clear.
    private static ulong Compute(Opcode opcode, ulong left, ulong right) => opcode switch
    {
        Opcode.I32Add => (uint)(left + right),
        Opcode.I32Sub => (uint)(left - right),
        Opcode.I32Mul => (uint)(left * right),
        Opcode.I64Add => left + right,
        Opcode.I64Sub => left - right,
        _ => left * right,
    };
}
