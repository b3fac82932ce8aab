using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>A socket for datagrams. wit: wasi:sockets/udp#udp-socket</summary>
internal sealed class UdpSocket : GuestSocket
{
    private UdpSocket(WasiContext context, AddressFamily family)
        : base(context, family, SocketType.Dgram, ProtocolType.Udp)
    {
    }

    public static HostResourceType Type { get; } = TypeOf("udp-socket");

    public static WasiInterface Interface { get; } = Define();

    public static WasiInterface CreateInterface { get; } = new WasiInterface("wasi:sockets/udp-create-socket")
        .Func("create-udp-socket", Create, Result(Own(Type), SocketFailures.Type), new WitField("address-family", SocketAddresses.Family));

    /// <summary>The only one it exchanges datagrams with; anybody it may contact when there is none.</summary>
    public IPEndPoint? Remote { get; private set; }

    /// <summary>Streams made from it that are alive; with new ones the remote side may be another.</summary>
    public int Streams { get; set; }

    public override bool IsReady => true;

    // wit: wasi:sockets/udp-create-socket#create-udp-socket
    internal static ComponentValue Create(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var family = SocketAddresses.FamilyOf(arguments[0]);
        return Create(WasiContext.Of(state), context => new UdpSocket(context, family));
    }

    // wit: wasi:sockets/udp#udp-socket.stream
    internal static ComponentValue Stream(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var remote = arguments[1].IsSome ? SocketAddresses.FromSocketAddress(arguments[1].Payload) : null;
        if (!self.IsBound || self.Streams > 0)
        {
            return SocketFailure.InvalidState.ToError();
        }

        if (remote is not null && self.Judge(remote) is { } refused)
        {
            return refused.ToError();
        }

        self.Remote = remote;
        return ComponentValue.Ok(ComponentValue.Values(new IncomingDatagrams(self).ToValue(), new OutgoingDatagrams(self).ToValue()));
    }

    // wit: wasi:sockets/udp#udp-socket.remote-address
    internal static ComponentValue RemoteAddress(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        Of(arguments).Remote is { } remote ? ComponentValue.Ok(SocketAddresses.ToSocketAddress(remote)) : SocketFailure.InvalidState.ToError();

    private static UdpSocket Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<UdpSocket>();

    private static WasiInterface Define()
    {
        var self = new WitField("self", Borrow(Type));
        var done = Result(null, SocketFailures.Type);
        var address = Result(SocketAddresses.SocketAddress, SocketFailures.Type);
        var streams = Tuple(Own(IncomingDatagrams.Type), Own(OutgoingDatagrams.Type));
        var types = new WasiInterface("wasi:sockets/udp")
            .Resource(Type)
            .Func("[method]udp-socket.start-bind", StartBind, done, self, Networks.Parameter, new("local-address", SocketAddresses.SocketAddress))
            .Func("[method]udp-socket.finish-bind", FinishBind, done, self)
            .Func("[method]udp-socket.stream", Stream, Result(streams, SocketFailures.Type), self, new("remote-address", Option(SocketAddresses.SocketAddress)))
            .Func("[method]udp-socket.local-address", LocalAddress, address, self)
            .Func("[method]udp-socket.remote-address", RemoteAddress, address, self)
            .Func("[method]udp-socket.address-family", AddressFamilyOf, SocketAddresses.Family, self)
            .Shared(self, "udp-socket", "unicast-hop-limit")
            .Func("[method]udp-socket.subscribe", Subscribe, Own(Pollable.Type), self);
        IncomingDatagrams.Define(types);
        OutgoingDatagrams.Define(types);
        return types;
    }
}
