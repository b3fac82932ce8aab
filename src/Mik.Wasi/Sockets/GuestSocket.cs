using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Wasi.Io;

namespace Mik.Wasi.Sockets;

/// <summary>
/// What sockets of both kinds have in common: a socket of the system that never blocks, binding, addresses. Guests bind to a port and an
/// interface that the system chooses, no others.
/// </summary>
internal abstract class GuestSocket : GuestResource, IReadiness
{
    private bool _isBinding;

    protected GuestSocket(WasiContext context, AddressFamily family, SocketType type, ProtocolType protocol)
        : base(context)
    {
        Family = family;
        Socket = new Socket(family, type, protocol) { Blocking = false };
        if (family == AddressFamily.InterNetworkV6)
        {
            Socket.DualMode = false;
        }

        context.OpenFiles++;
    }

    public AddressFamily Family { get; }

    public Socket Socket { get; }

    public abstract bool IsReady { get; }

    protected bool IsBound { get; set; }

    /// <summary>Whether something that the guest started has yet to be finished.</summary>
    protected virtual bool IsBusy => _isBinding;

    public virtual void Arm()
    {
    }

    /// <summary>Makes a socket for a guest that may have one.</summary>
    public static ComponentValue Create(WasiContext context, Func<WasiContext, GuestSocket> create)
    {
        if (context.Sockets.IsEmpty)
        {
            return SocketFailure.AccessDenied.ToError();
        }

        if (context.OpenFiles >= context.Limits.MaxOpenFiles)
        {
            return SocketFailure.NewSocketLimit.ToError();
        }

        try
        {
            return ComponentValue.Ok(create(context).ToValue());
        }
        catch (SocketException failure)
        {
            return SocketFailures.Of(failure).ToError();
        }
    }

    /// <summary>Runs what the system may refuse.</summary>
    public static ComponentValue Try(Func<ComponentValue> act)
    {
        try
        {
            return act();
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return SocketFailures.Of(failure).ToError();
        }
    }

    // wit: wasi:sockets/tcp#tcp-socket.start-bind and wasi:sockets/udp#udp-socket.start-bind
    internal static ComponentValue StartBind(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<GuestSocket>();
        var local = SocketAddresses.FromSocketAddress(arguments[2]);
        if (self.IsBusy)
        {
            return SocketFailure.ConcurrencyConflict.ToError();
        }

        if (self.IsBound)
        {
            return SocketFailure.InvalidState.ToError();
        }

        if (local.AddressFamily != self.Family || local.Address.IsIPv4MappedToIPv6)
        {
            return SocketFailure.InvalidArgument.ToError();
        }

        if (local.Port != 0 || !(local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any)))
        {
            return SocketFailure.AccessDenied.ToError();
        }

        return Try(() =>
        {
            self.Socket.Bind(local);
            self._isBinding = true;
            return ComponentValue.Ok();
        });
    }

    // wit: wasi:sockets/tcp#tcp-socket.finish-bind and wasi:sockets/udp#udp-socket.finish-bind
    internal static ComponentValue FinishBind(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<GuestSocket>();
        if (!self._isBinding)
        {
            return SocketFailure.NotInProgress.ToError();
        }

        self._isBinding = false;
        self.IsBound = true;
        return ComponentValue.Ok();
    }

    // wit: wasi:sockets/tcp#tcp-socket.local-address and wasi:sockets/udp#udp-socket.local-address
    internal static ComponentValue LocalAddress(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<GuestSocket>();
        return Try(() => self is { IsBound: true, Socket.LocalEndPoint: IPEndPoint local }
            ? ComponentValue.Ok(SocketAddresses.ToSocketAddress(local))
            : SocketFailure.InvalidState.ToError());
    }

    // wit: wasi:sockets/tcp#tcp-socket.address-family and wasi:sockets/udp#udp-socket.address-family
    internal static ComponentValue AddressFamilyOf(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        SocketAddresses.ToFamily(arguments[0].AsResource<GuestSocket>().Family);

    // wit: wasi:sockets/tcp#tcp-socket.subscribe and wasi:sockets/udp#udp-socket.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<GuestSocket>()).ToValue();

    /// <summary>Whether the guest may contact somebody there, or why not.</summary>
    public SocketFailure? Judge(IPEndPoint remote) =>
        !SocketAddresses.IsRemote(remote, Family) ? SocketFailure.InvalidArgument
        : !Context.Sockets.Allows(remote, Context.LookedUp) ? SocketFailure.AccessDenied
        : null;

    protected override void OnDrop()
    {
        Context.OpenFiles--;
        Socket.Dispose();
    }
}
