using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>A core function wrapped as a component-level one. The same for all instances of a component.</summary>
/// <param name="Abi">Its signature.</param>
/// <param name="CoreFunc">Slot of the core function.</param>
/// <param name="Options">Its options.</param>
/// <param name="Instance">The component instance it belongs to.</param>
/// <param name="EnteredFromHost">The instances that a call from the host enters.</param>
// cabi: canon_lift
internal sealed record LiftedFunc(AbiFunc Abi, int CoreFunc, CanonicalOptions Options, int Instance, int[] EnteredFromHost);

/// <summary>
/// One call of a lifted function. In between <see cref="Start"/> and <see cref="Finish"/> the caller consumes the result.
/// </summary>
// cabi: canon_lift
internal struct LiftedCall(ComponentInstance root, LiftedFunc function, int[] entered, bool resultIsForHost)
{
    private ulong _flatResult;

    /// <summary>Enters the instance, lowers the arguments, runs the function and lifts its result.</summary>
    public ComponentValue Start(ReadOnlySpan<ComponentValue> arguments)
    {
        root.Enter(entered);
        var abi = function.Abi;
        var scope = abi.ParameterTuple.ContainsBorrow ? new BorrowScope() : null;
        var cx = root.BeginSide(function.Options, function.Instance, scope, resultIsForHost);
        Span<ulong> flat = stackalloc ulong[AbiTypes.MaxFlatParams];
        FlatLowering.LowerFlatValues(cx, abi, arguments, flat);
        Span<ulong> flatResults = stackalloc ulong[AbiTypes.MaxFlatResults];
        flatResults = flatResults[..abi.Lifted.Results.Length];
        root.CoreFunc(function.CoreFunc).InvokeContained(flat[..abi.Lifted.Parameters.Length], flatResults);
        if (!flatResults.IsEmpty)
        {
            _flatResult = flatResults[0];
        }

        var result = FlatLifting.LiftFlatResult(cx, abi, flatResults);
        root.EndSide(cx);

        // cabi: Task.return_
        if (scope is { Count: > 0 })
        {
            throw new TrapException(TrapCode.HostRefused, "borrow handles still remain at the end of the call");
        }

        return result;
    }

    /// <summary>Lets the function free its result, and leaves the instance.</summary>
    public readonly void Finish()
    {
        if (function.Options.PostReturn >= 0)
        {
            var instance = root.Guest(function.Instance);
            instance.MayLeave = false;
            ReadOnlySpan<ulong> result = [_flatResult];
            root.CoreFunc(function.Options.PostReturn).InvokeContained(result[..function.Abi.Lifted.Results.Length], []);
            instance.MayLeave = true;
        }

        root.Leave(entered);
    }
}
