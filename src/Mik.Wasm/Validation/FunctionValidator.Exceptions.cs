using System.Collections.Immutable;
using Mik.Wasm.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    // Of the function that is checked.
    private int _tryTables;
    private int _tryDepth;
    private int _catchClauses;

    private FuncType TagType(uint tag) =>
        tag < module.TagTypeIndices.Length
            ? module.TagType(tag)
            : throw Invalid($"unknown tag {tag}");

    // spec: valid-throw
    private void CheckThrow()
    {
        Pop(TagType(_current.Index).Parameters);
        MarkUnreachable();
    }

    // spec: valid-throw_ref
    private void CheckThrowRef()
    {
        Pop(ValType.ExnRef);
        MarkUnreachable();
    }

    // spec: valid-try_table. Labels count from outside the block, which is not open yet.
    private void CheckTryTable()
    {
        _catchClauses += (int)_current.Index;
        if (++_tryTables > ImplementationLimits.TryTables
            || ++_tryDepth > ImplementationLimits.TryDepth
            || _catchClauses > ImplementationLimits.CatchClauses)
        {
            throw Invalid(
                $"more than {ImplementationLimits.TryTables} try_table, {ImplementationLimits.TryDepth} of them nested, or {ImplementationLimits.CatchClauses} clauses in one function");
        }

        foreach (var clause in CatchClause.Of(_current, module.Bytes.Span))
        {
            var carried = clause.HasTag ? TagType(clause.Tag).Parameters : [];
            Spend(carried.Length);
            CheckCatch(clause.HasReference ? carried.Add(ValType.ExnRef.WithoutNull()) : carried, LabelTypes(clause.Label));
        }

        CheckBlock();
    }

    private void CheckCatch(ImmutableArray<ValType> passed, ImmutableArray<ValType> wanted)
    {
        if (passed.Length != wanted.Length)
        {
            throw Invalid($"type mismatch: a catch clause passes {passed.Length} operands, its label takes {wanted.Length}");
        }

        for (var i = 0; i < passed.Length; i++)
        {
            if (!passed[i].Matches(wanted[i]))
            {
                throw Mismatch(wanted[i], passed[i]);
            }
        }
    }
}
