using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>
/// A connection that the guest opens. There is no listening: a handler lives as long as its request, and nobody could count on finding
/// it. wit: wasi:sockets/tcp#tcp-socket
/// </summary>
internal sealed class TcpSocket : GuestSocket
{
    private Task? _connecting;
    private bool _isConnected;
    private bool _isClosed;
    private TcpInputStream? _input;

    private TcpSocket(WasiContext context, AddressFamily family)
        : base(context, family, SocketType.Stream, ProtocolType.Tcp) => Socket.NoDelay = true;

    public static HostResourceType Type { get; } = TypeOf("tcp-socket");

    public static WasiInterface Interface { get; } = Define();

    public static WasiInterface CreateInterface { get; } = new WasiInterface("wasi:sockets/tcp-create-socket")
        .Func("create-tcp-socket", Create, Result(Own(Type), SocketFailures.Type), new WitField("address-family", SocketAddresses.Family));

    public override bool IsReady => _connecting is not { IsCompleted: false };

    protected override bool IsBusy => base.IsBusy || _connecting is not null;

    // wit: wasi:sockets/tcp-create-socket#create-tcp-socket
    internal static ComponentValue Create(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var family = SocketAddresses.FamilyOf(arguments[0]);
        return Create(WasiContext.Of(state), context => new TcpSocket(context, family));
    }

    // wit: wasi:sockets/tcp#tcp-socket.start-connect
    internal static ComponentValue StartConnect(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var remote = SocketAddresses.FromSocketAddress(arguments[2]);
        if (self.IsBusy)
        {
            return SocketFailure.ConcurrencyConflict.ToError();
        }

        if (self._isConnected || self._isClosed)
        {
            return SocketFailure.InvalidState.ToError();
        }

        if (self.Judge(remote) is { } refused)
        {
            return refused.ToError();
        }

        return Try(() =>
        {
            self._connecting = self.Socket.ConnectAsync(remote, self.Context.Lifetime).AsTask();
            self._connecting.ConfigureAwait(false).GetAwaiter().OnCompleted(self.Context.WakeUp.Signal);
            return ComponentValue.Ok();
        });
    }

    // wit: wasi:sockets/tcp#tcp-socket.finish-connect
    internal static ComponentValue FinishConnect(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        switch (self._connecting)
        {
            case null:
                return SocketFailure.NotInProgress.ToError();
            case { IsCompleted: false }:
                return SocketFailure.WouldBlock.ToError();
            case { IsCompletedSuccessfully: false } failed:
                self._connecting = null;
                self._isClosed = true;
                return SocketFailures.Of(failed.Exception?.InnerException ?? new OperationCanceledException()).ToError();
        }

        self._connecting = null;
        self._isConnected = self.IsBound = true;
        self._input = new TcpInputStream(self);
        return ComponentValue.Ok(ComponentValue.Values(self._input.ToValue(), new TcpOutputStream(self).ToValue()));
    }

    // wit: wasi:sockets/tcp#tcp-socket.start-listen
    internal static ComponentValue StartListen(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        (Of(arguments).IsBound ? SocketFailure.AccessDenied : SocketFailure.InvalidState).ToError();

    // wit: wasi:sockets/tcp#tcp-socket.finish-listen
    internal static ComponentValue FinishListen(object? state, ReadOnlySpan<ComponentValue> arguments) => SocketFailure.NotInProgress.ToError();

    // wit: wasi:sockets/tcp#tcp-socket.accept
    internal static ComponentValue Accept(object? state, ReadOnlySpan<ComponentValue> arguments) => SocketFailure.InvalidState.ToError();

    // wit: wasi:sockets/tcp#tcp-socket.remote-address
    internal static ComponentValue RemoteAddress(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return Try(() => self is { _isConnected: true, Socket.RemoteEndPoint: IPEndPoint remote }
            ? ComponentValue.Ok(SocketAddresses.ToSocketAddress(remote))
            : SocketFailure.InvalidState.ToError());
    }

    // wit: wasi:sockets/tcp#tcp-socket.is-listening
    internal static ComponentValue IsListening(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.Bool(false);

    // wit: wasi:sockets/tcp#tcp-socket.set-listen-backlog-size
    internal static ComponentValue SetListenBacklogSize(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        arguments[1].AsU64 == 0 ? SocketFailure.InvalidArgument.ToError() : ComponentValue.Ok();

    // wit: wasi:sockets/tcp#tcp-socket.shutdown
    internal static ComponentValue Shutdown(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var how = (SocketShutdown)arguments[1].Case;
        if (!self._isConnected)
        {
            return SocketFailure.InvalidState.ToError();
        }

        return Try(() =>
        {
            if (how is SocketShutdown.Receive or SocketShutdown.Both)
            {
                self._input!.Close();
            }

            self.Socket.Shutdown(how);
            return ComponentValue.Ok();
        });
    }

    private static TcpSocket Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<TcpSocket>();

    private static WasiInterface Define()
    {
        var self = new WitField("self", Borrow(Type));
        var done = Result(null, SocketFailures.Type);
        var address = Result(SocketAddresses.SocketAddress, SocketFailures.Type);
        var streams = Tuple(Own(InputStream.Type), Own(OutputStream.Type));
        var accepted = Tuple(Own(Type), Own(InputStream.Type), Own(OutputStream.Type));
        return new WasiInterface("wasi:sockets/tcp")
            .Resource(Type)
            .Func("[method]tcp-socket.start-bind", StartBind, done, self, Networks.Parameter, new("local-address", SocketAddresses.SocketAddress))
            .Func("[method]tcp-socket.finish-bind", FinishBind, done, self)
            .Func("[method]tcp-socket.start-connect", StartConnect, done, self, Networks.Parameter, new("remote-address", SocketAddresses.SocketAddress))
            .Func("[method]tcp-socket.finish-connect", FinishConnect, Result(streams, SocketFailures.Type), self)
            .Func("[method]tcp-socket.start-listen", StartListen, done, self)
            .Func("[method]tcp-socket.finish-listen", FinishListen, done, self)
            .Func("[method]tcp-socket.accept", Accept, Result(accepted, SocketFailures.Type), self)
            .Func("[method]tcp-socket.local-address", LocalAddress, address, self)
            .Func("[method]tcp-socket.remote-address", RemoteAddress, address, self)
            .Func("[method]tcp-socket.is-listening", IsListening, Bool, self)
            .Func("[method]tcp-socket.address-family", AddressFamilyOf, SocketAddresses.Family, self)
            .Func("[method]tcp-socket.set-listen-backlog-size", SetListenBacklogSize, done, self, new("value", U64))
            .OfConnections(self, "tcp-socket")
            .Shared(self, "tcp-socket", "hop-limit")
            .Func("[method]tcp-socket.subscribe", Subscribe, Own(Pollable.Type), self)
            .Func("[method]tcp-socket.shutdown", Shutdown, done, self, new("shutdown-type", Enum("receive", "send", "both")));
    }
}
