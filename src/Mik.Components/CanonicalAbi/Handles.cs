using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>Passes handles. A host's resource travels as its object, a guest's as its representation.</summary>
internal static class Handles
{
    // cabi: lift_own
    public static ComponentValue LiftOwn(LiftLowerContext cx, uint index, ResourceType resource)
    {
        var handle = cx.Instance.Handles.Remove(index, resource);
        if (!handle.IsOwn)
        {
            throw new TrapException(TrapCode.HostRefused, $"handle {index} is a borrow, and ownership of {resource} is needed");
        }

        if (handle.Object is not null)
        {
            cx.AddTaken(handle);
        }

        return ValueOf(handle);
    }

    // cabi: lift_borrow
    public static ComponentValue LiftBorrow(LiftLowerContext cx, uint index, ResourceType resource)
    {
        var value = ValueOf(cx.Instance.Handles.Get(index, resource));
        cx.AddLender(index);
        return value;
    }

    // cabi: lower_own
    public static uint LowerOwn(LiftLowerContext cx, in ComponentValue value, ResourceType resource) =>
        cx.Instance.Handles.Add(new ResourceHandle
        {
            Resource = resource,
            Representation = (uint)value.Bits,
            Object = ObjectOf(value, resource),
            IsOwn = true,
        });

    // cabi: lower_borrow
    public static uint LowerBorrow(LiftLowerContext cx, in ComponentValue value, ResourceType resource)
    {
        if (resource is GuestResourceType guest && guest.Instance == cx.Instance.Index)
        {
            return (uint)value.Bits;
        }

        var scope = cx.BorrowScope;
        if (scope is not null)
        {
            scope.Count++;
        }

        return cx.Instance.Handles.Add(new ResourceHandle
        {
            Resource = resource,
            Representation = (uint)value.Bits,
            Object = ObjectOf(value, resource),
            Scope = scope,
        });
    }

    private static ComponentValue ValueOf(in ResourceHandle handle) =>
        handle.Object is { } known ? ComponentValue.Resource(known) : ComponentValue.U32(handle.Representation);

    private static object? ObjectOf(in ComponentValue value, ResourceType resource) =>
        resource is HostResourceType && value.Reference is null
            ? throw new ArgumentException($"A handle of the host's resource {resource} needs an object.")
            : value.Reference;
}
