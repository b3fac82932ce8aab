using System.Runtime.CompilerServices;
using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.CanonicalAbi;

/// <summary>A core function that the component model provides. The same for all instances of a component.</summary>
internal abstract class Trampoline
{
    protected static readonly FuncType I32ToNothing = new([ValType.I32], []);
    protected static readonly FuncType I32ToI32 = new([ValType.I32], [ValType.I32]);

    public abstract FuncType Type { get; }

    /// <summary>Runs it. The spans may overlap: arguments are read before results are written.</summary>
    public abstract void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results);

    // Guests can call each other, and hosts can call guests, without either side's own stack check being passed.
    protected static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TrapException(TrapCode.StackExhausted);
        }
    }
}

/// <summary>Values of up to this many parameters live on the stack during a call.</summary>
[InlineArray(Length)]
internal struct ArgumentBuffer
{
    public const int Length = 16;

    private ComponentValue _first;
}

/// <summary>A host function lowered into a guest.</summary>
// cabi: canon_lower
internal sealed class HostTrampoline(HostFunction function, AbiFunc abi, CanonicalOptions options, int instance) : Trampoline
{
    public override FuncType Type => abi.Lowered;

    public override void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        CheckStack();
        root.AskHost();
        root.Guest(instance).CheckMayLeave();
        var cx = root.BeginSide(options, instance, null, isForHost: true);
        var count = abi.Parameters.Length;
        var buffer = default(ArgumentBuffer);
        var values = count <= ArgumentBuffer.Length ? buffer[..count] : new ComponentValue[count];
        FlatLifting.LiftFlatValues(cx, abi, arguments, values);
        var outPointer = abi.SpillsResult ? (uint)arguments[^1] : 0;
        var result = function(root.State, values);
        FlatLowering.LowerFlatResult(cx, abi, result, outPointer, results);
        root.EndSide(cx);
    }
}

/// <summary>A function of one component instance lowered into another.</summary>
// cabi: canon_lower
internal sealed class GuestTrampoline(LiftedFunc callee, AbiFunc abi, CanonicalOptions options, int instance, int[] entered)
    : Trampoline
{
    public override FuncType Type => abi.Lowered;

    public override void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        CheckStack();
        root.Guest(instance).CheckMayLeave();
        var cx = root.BeginSide(options, instance, null, isForHost: false);
        var count = abi.Parameters.Length;
        var buffer = default(ArgumentBuffer);
        var values = count <= ArgumentBuffer.Length ? buffer[..count] : new ComponentValue[count];
        FlatLifting.LiftFlatValues(cx, abi, arguments, values);
        var outPointer = abi.SpillsResult ? (uint)arguments[^1] : 0;
        var call = new LiftedCall(root, callee, entered, resultIsForHost: false);
        var result = call.Start(values);
        FlatLowering.LowerFlatResult(cx, abi, result, outPointer, results);
        call.Finish();
        root.EndSide(cx);
    }
}

// cabi: canon_resource_new
internal sealed class ResourceNewTrampoline(ResourceType resource, int instance) : Trampoline
{
    public override FuncType Type => I32ToI32;

    public override void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var guest = root.Guest(instance);
        guest.CheckMayLeave();
        results[0] = guest.Handles.Add(new ResourceHandle
        {
            Resource = resource,
            Representation = (uint)arguments[0],
            IsOwn = true,
        });
    }
}

// cabi: canon_resource_rep
internal sealed class ResourceRepTrampoline(ResourceType resource, int instance) : Trampoline
{
    public override FuncType Type => I32ToI32;

    public override void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results) =>
        results[0] = root.Guest(instance).Handles.Get((uint)arguments[0], resource).Representation;
}

/// <param name="resource">What is dropped.</param>
/// <param name="instance">Who drops it.</param>
/// <param name="entered">The instances that a call of the destructor enters.</param>
// cabi: canon_resource_drop
internal sealed class ResourceDropTrampoline(ResourceType resource, int instance, int[] entered) : Trampoline
{
    public override FuncType Type => I32ToNothing;

    public override void Call(ComponentInstance root, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        CheckStack();
        var guest = root.Guest(instance);
        guest.CheckMayLeave();
        var handle = guest.Handles.Remove((uint)arguments[0], resource);
        if (!handle.IsOwn)
        {
            if (handle.Scope is { } scope)
            {
                scope.Count--;
            }
        }
        else if (resource is HostResourceType host)
        {
            host.Drop?.Invoke(handle.Object!);
        }
        else if (resource is GuestResourceType own)
        {
            root.Enter(entered);
            if (own.Destructor >= 0)
            {
                root.CoreFunc(own.Destructor).InvokeContained([handle.Representation], []);
            }

            root.Leave(entered);
        }
    }
}
