using System.Collections;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

/// <summary>
/// Checks the expressions that are evaluated at instantiation: constants, references, immutable globals, and integer addition,
/// subtraction and multiplication.
/// </summary>
/// <param name="module">The module they belong to.</param>
/// <param name="declared">Gets the functions the expressions refer to.</param>
// spec: valid-constant
internal sealed class ConstantExpressionValidator(ModuleDefinition module, BitArray declared)
{
    private readonly List<ValType> _operands = [];

    /// <param name="expression">What to check.</param>
    /// <param name="expected">The type it must have.</param>
    /// <param name="visibleGlobals">How many globals it may refer to.</param>
    /// <param name="owner">What it belongs to, for messages.</param>
    public void Validate(ConstantExpression expression, ValType expected, int visibleGlobals, string owner)
    {
        _operands.Clear();
        var reader = new InstructionReader(module, expression.Code);
        while (true)
        {
            var instruction = reader.Read();
            switch (instruction.Opcode)
            {
                case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const:
                    _operands.Add(instruction.Facts.Results[0]);
                    break;

                case Opcode.RefNull:
                    _operands.Add(instruction.Type);
                    break;

                case Opcode.RefFunc:
                    CheckFunction(instruction, owner);
                    _operands.Add(ReferenceTo(instruction.Index));
                    break;

                case Opcode.GlobalGet:
                    _operands.Add(GlobalType(instruction, visibleGlobals, owner));
                    break;

                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                    module.Require(WasmFeatures.ExtendedConst, instruction.Offset);
                    ApplyBinary(instruction, owner);
                    break;

                case Opcode.End:
                    if (_operands.Count != 1 || !_operands[0].Matches(expected))
                    {
                        var found = string.Join(' ', _operands.Take(10).Select(static t => t.Text()));
                        throw Invalid($"type mismatch: expected {expected.Text()}, found [{found}]", instruction, owner);
                    }

                    return;

                default:
                    throw Invalid("constant expression required", instruction, owner);
            }
        }
    }

    private ValType ReferenceTo(uint function) => (module.Features & WasmFeatures.FunctionReferences) != 0
        ? ValTypes.ReferenceTo(module.FunctionType(function), isNullable: false)
        : ValType.FuncRef;

    private void CheckFunction(in Instruction instruction, string owner)
    {
        if (instruction.Index >= module.FunctionTypeIndices.Length)
        {
            throw Invalid($"unknown function {instruction.Index}", instruction, owner);
        }

        declared[(int)instruction.Index] = true;
    }

    private ValType GlobalType(in Instruction instruction, int visibleGlobals, string owner)
    {
        if (instruction.Index >= visibleGlobals)
        {
            throw Invalid($"unknown global {instruction.Index}", instruction, owner);
        }

        var global = module.Globals[instruction.Index];
        return global.IsMutable
            ? throw Invalid($"constant expression required: global {instruction.Index} is mutable", instruction, owner)
            : global.ValueType;
    }

    private void ApplyBinary(in Instruction instruction, string owner)
    {
        var type = instruction.Facts.Results[0];
        if (_operands.Count < 2 || _operands[^1] != type || _operands[^2] != type)
        {
            throw Invalid($"type mismatch: expected two operands of type {type.Text()}", instruction, owner);
        }

        _operands.RemoveAt(_operands.Count - 1);
    }

    private static ModuleValidationException Invalid(string message, in Instruction instruction, string owner) =>
        new($"{owner}: {instruction.Facts.Mnemonic}: {message}", instruction.Offset);
}
