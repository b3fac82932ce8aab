using System.Net;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>The addresses a name has, once they are known. wit: wasi:sockets/ip-name-lookup</summary>
internal sealed class NameLookup : GuestResource, IReadiness
{
    private readonly string _name;
    private readonly Task<IPAddress[]> _addresses;
    private int _next;

    private NameLookup(WasiContext context, string name)
        : base(context)
    {
        _name = name;
        _addresses = IPAddress.TryParse(name, out var literal)
            ? Task.FromResult<IPAddress[]>([literal])
            : context.Resolve(name, context.Lifetime);
        _addresses.ConfigureAwait(false).GetAwaiter().OnCompleted(context.WakeUp.Signal);
    }

    public static HostResourceType Type { get; } = TypeOf("resolve-address-stream");

    public static WasiInterface Interface { get; } = Define();

    public bool IsReady => _addresses.IsCompleted;

    public void Arm()
    {
        // The continuation of the task signals already.
    }

    // wit: wasi:sockets/ip-name-lookup#resolve-addresses
    internal static ComponentValue ResolveAddresses(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var context = WasiContext.Of(state);
        var name = arguments[1].AsString;
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            return SocketFailure.InvalidArgument.ToError();
        }

        return IPAddress.TryParse(name, out _) || context.Sockets.AllowsName(name)
            ? ComponentValue.Ok(new NameLookup(context, name).ToValue())
            : SocketFailure.AccessDenied.ToError();
    }

    // wit: wasi:sockets/ip-name-lookup#resolve-address-stream.resolve-next-address
    internal static ComponentValue ResolveNextAddress(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var lookup = arguments[0].AsResource<NameLookup>();
        if (!lookup.IsReady)
        {
            return SocketFailure.WouldBlock.ToError();
        }

        if (!lookup._addresses.IsCompletedSuccessfully)
        {
            return SocketFailures.Of(lookup._addresses.Exception?.InnerException ?? new OperationCanceledException()).ToError();
        }

        var addresses = lookup._addresses.Result;
        if (addresses.Length == 0)
        {
            return SocketFailure.NameUnresolvable.ToError();
        }

        return ComponentValue.Ok(lookup._next < addresses.Length
            ? ComponentValue.Some(SocketAddresses.ToAddress(lookup.Grant(addresses[lookup._next++])))
            : ComponentValue.None);
    }

    // wit: wasi:sockets/ip-name-lookup#resolve-address-stream.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<NameLookup>()).ToValue();

    private static WasiInterface Define()
    {
        var self = new WitField("self", Borrow(Type));
        return new WasiInterface("wasi:sockets/ip-name-lookup")
            .Resource(Type)
            .Func("resolve-addresses", ResolveAddresses, Result(Own(Type), SocketFailures.Type), Networks.Parameter, new("name", WitType.String))
            .Func(
                "[method]resolve-address-stream.resolve-next-address",
                ResolveNextAddress,
                Result(Option(SocketAddresses.IpAddress), SocketFailures.Type),
                self)
            .Func("[method]resolve-address-stream.subscribe", Subscribe, Own(Pollable.Type), self);
    }

    private IPAddress Grant(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Context.LookedUp.Add((_name.ToUpperInvariant(), address));
        return address;
    }
}
