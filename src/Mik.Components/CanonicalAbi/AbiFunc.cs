using System.Collections.Immutable;
using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.CanonicalAbi;

/// <summary>How a component-level function looks to core code, computed once. Immutable.</summary>
// cabi: flatten_functype
internal sealed class AbiFunc
{
    public AbiFunc(ComponentFuncType type, AbiTypes types)
    {
        Type = type;
        Parameters = [.. type.Parameters.Select(parameter => types.Of(parameter.Type))];
        ParameterTuple = AbiTypes.Record(Parameters);
        Result = type.Result is { } result ? types.Of(result) : null;
        SpillsParameters = !ParameterTuple.IsFlat;
        SpillsResult = Result is not null && !(Result.IsFlat && Result.Flat.Length <= AbiTypes.MaxFlatResults);
        ImmutableArray<ValType> pointer = [ValType.I32];
        var parameters = SpillsParameters ? pointer : ParameterTuple.Flat;
        var results = Result is null ? [] : SpillsResult ? pointer : Result.Flat;
        Lifted = new FuncType(parameters, results);
        Lowered = SpillsResult ? new FuncType(parameters.Add(ValType.I32), []) : Lifted;
    }

    public ComponentFuncType Type { get; }

    public AbiType[] Parameters { get; }

    /// <summary>The parameters laid out in memory, for when there are too many of them.</summary>
    public AbiType ParameterTuple { get; }

    public AbiType? Result { get; }

    public bool SpillsParameters { get; }

    public bool SpillsResult { get; }

    /// <summary>Signature of the core function that is lifted.</summary>
    public FuncType Lifted { get; }

    /// <summary>Signature of the core function that lowering makes.</summary>
    public FuncType Lowered { get; }

    /// <summary>Whether values pass from core code to the outside through memory: parameters when lowered, results when lifted.</summary>
    public static bool NeedsMemory(bool spills, AbiType type) => spills || type.ContainsPointer;
}
