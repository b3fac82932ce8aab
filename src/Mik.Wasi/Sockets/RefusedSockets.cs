using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>
/// Sockets, all refused: standard libraries of several languages link them whether the program needs them or not. Nothing but
/// the network itself is ever handed out, so that most functions cannot be reached. wit: wasi:sockets
/// </summary>
internal static class RefusedSockets
{
    private static readonly HostResourceType Network = new("network");
    private static readonly HostResourceType UdpSocket = new("udp-socket");
    private static readonly HostResourceType IncomingDatagrams = new("incoming-datagram-stream");
    private static readonly HostResourceType OutgoingDatagrams = new("outgoing-datagram-stream");
    private static readonly HostResourceType TcpSocket = new("tcp-socket");
    private static readonly HostResourceType ResolvedAddresses = new("resolve-address-stream");

    private static readonly WitType ErrorCode = Enum(
        "unknown", "access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout", "concurrency-conflict",
        "not-in-progress", "would-block", "invalid-state", "new-socket-limit", "address-not-bindable", "address-in-use",
        "remote-unreachable", "connection-refused", "connection-reset", "connection-aborted", "datagram-too-large",
        "name-unresolvable", "temporary-resolver-failure", "permanent-resolver-failure");

    private static readonly WitType AddressFamily = Enum("ipv4", "ipv6");
    private static readonly WitType Ipv4Address = Tuple(U8, U8, U8, U8);
    private static readonly WitType Ipv6Address = Tuple(U16, U16, U16, U16, U16, U16, U16, U16);
    private static readonly WitType IpAddress = Variant(new("ipv4", Ipv4Address), new("ipv6", Ipv6Address));

    private static readonly WitType SocketAddress = Variant(
        new("ipv4", Record(new("port", U16), new("address", Ipv4Address))),
        new("ipv6", Record(new("port", U16), new("flow-info", U32), new("address", Ipv6Address), new("scope-id", U32))));

    private static readonly WitField NetworkParameter = new("network", Borrow(Network));
    private static readonly WitType Done = Result(null, ErrorCode);

    public static IEnumerable<WasiInterface> Interfaces { get; } =
    [
        new WasiInterface("wasi:sockets/network")
            .Resource(Network)
            .Func("network-error-code", NoErrorCode, Option(ErrorCode), new WitField("err", Borrow(IoError.Type))),
        new WasiInterface("wasi:sockets/instance-network").Func("instance-network", InstanceNetwork, Own(Network)),
        Udp(),
        new WasiInterface("wasi:sockets/udp-create-socket")
            .Func("create-udp-socket", Refuse, Result(Own(UdpSocket), ErrorCode), new WitField("address-family", AddressFamily)),
        Tcp(),
        new WasiInterface("wasi:sockets/tcp-create-socket")
            .Func("create-tcp-socket", Refuse, Result(Own(TcpSocket), ErrorCode), new WitField("address-family", AddressFamily)),
        NameLookup(),
    ];

    private static WasiInterface Udp()
    {
        var self = new WitField("self", Borrow(UdpSocket));
        var incoming = new WitField("self", Borrow(IncomingDatagrams));
        var outgoing = new WitField("self", Borrow(OutgoingDatagrams));
        var received = Record(new("data", List(U8)), new("remote-address", SocketAddress));
        var sent = Record(new("data", List(U8)), new("remote-address", Option(SocketAddress)));
        var streams = Tuple(Own(IncomingDatagrams), Own(OutgoingDatagrams));
        return new WasiInterface("wasi:sockets/udp")
            .Resource(UdpSocket)
            .Resource(IncomingDatagrams)
            .Resource(OutgoingDatagrams)
            .Func("[method]udp-socket.start-bind", Refuse, Done, self, NetworkParameter, new("local-address", SocketAddress))
            .Func("[method]udp-socket.finish-bind", Refuse, Done, self)
            .Func("[method]udp-socket.stream", Refuse, Result(streams, ErrorCode), self, new("remote-address", Option(SocketAddress)))
            .Func("[method]udp-socket.local-address", Refuse, Result(SocketAddress, ErrorCode), self)
            .Func("[method]udp-socket.remote-address", Refuse, Result(SocketAddress, ErrorCode), self)
            .Func("[method]udp-socket.address-family", Unreachable, AddressFamily, self)
            .SocketOption(self, "udp-socket", "unicast-hop-limit", U8)
            .SocketOption(self, "udp-socket", "receive-buffer-size", U64)
            .SocketOption(self, "udp-socket", "send-buffer-size", U64)
            .Func("[method]udp-socket.subscribe", Unreachable, Own(Pollable.Type), self)
            .Func("[method]incoming-datagram-stream.receive", Refuse, Result(List(received), ErrorCode), incoming, new("max-results", U64))
            .Func("[method]incoming-datagram-stream.subscribe", Unreachable, Own(Pollable.Type), incoming)
            .Func("[method]outgoing-datagram-stream.check-send", Refuse, Result(U64, ErrorCode), outgoing)
            .Func("[method]outgoing-datagram-stream.send", Refuse, Result(U64, ErrorCode), outgoing, new("datagrams", List(sent)))
            .Func("[method]outgoing-datagram-stream.subscribe", Unreachable, Own(Pollable.Type), outgoing);
    }

    private static WasiInterface Tcp()
    {
        var self = new WitField("self", Borrow(TcpSocket));
        var streams = Tuple(Own(InputStream.Type), Own(OutputStream.Type));
        var accepted = Tuple(Own(TcpSocket), Own(InputStream.Type), Own(OutputStream.Type));
        return new WasiInterface("wasi:sockets/tcp")
            .Resource(TcpSocket)
            .Func("[method]tcp-socket.start-bind", Refuse, Done, self, NetworkParameter, new("local-address", SocketAddress))
            .Func("[method]tcp-socket.finish-bind", Refuse, Done, self)
            .Func("[method]tcp-socket.start-connect", Refuse, Done, self, NetworkParameter, new("remote-address", SocketAddress))
            .Func("[method]tcp-socket.finish-connect", Refuse, Result(streams, ErrorCode), self)
            .Func("[method]tcp-socket.start-listen", Refuse, Done, self)
            .Func("[method]tcp-socket.finish-listen", Refuse, Done, self)
            .Func("[method]tcp-socket.accept", Refuse, Result(accepted, ErrorCode), self)
            .Func("[method]tcp-socket.local-address", Refuse, Result(SocketAddress, ErrorCode), self)
            .Func("[method]tcp-socket.remote-address", Refuse, Result(SocketAddress, ErrorCode), self)
            .Func("[method]tcp-socket.is-listening", Unreachable, Bool, self)
            .Func("[method]tcp-socket.address-family", Unreachable, AddressFamily, self)
            .Func("[method]tcp-socket.set-listen-backlog-size", Refuse, Done, self, new("value", U64))
            .SocketOption(self, "tcp-socket", "keep-alive-enabled", Bool)
            .SocketOption(self, "tcp-socket", "keep-alive-idle-time", U64)
            .SocketOption(self, "tcp-socket", "keep-alive-interval", U64)
            .SocketOption(self, "tcp-socket", "keep-alive-count", U32)
            .SocketOption(self, "tcp-socket", "hop-limit", U8)
            .SocketOption(self, "tcp-socket", "receive-buffer-size", U64)
            .SocketOption(self, "tcp-socket", "send-buffer-size", U64)
            .Func("[method]tcp-socket.subscribe", Unreachable, Own(Pollable.Type), self)
            .Func("[method]tcp-socket.shutdown", Refuse, Done, self, new("shutdown-type", Enum("receive", "send", "both")));
    }

    private static WasiInterface NameLookup()
    {
        var self = new WitField("self", Borrow(ResolvedAddresses));
        return new WasiInterface("wasi:sockets/ip-name-lookup")
            .Resource(ResolvedAddresses)
            .Func("resolve-addresses", Refuse, Result(Own(ResolvedAddresses), ErrorCode), NetworkParameter, new("name", WitType.String))
            .Func("[method]resolve-address-stream.resolve-next-address", Refuse, Result(Option(IpAddress), ErrorCode), self)
            .Func("[method]resolve-address-stream.subscribe", Unreachable, Own(Pollable.Type), self);
    }

    /// <summary>A socket option: one function to read it and one to set it.</summary>
    private static WasiInterface SocketOption(this WasiInterface target, WitField self, string resource, string name, WitType type) => target
        .Func($"[method]{resource}.{name}", Refuse, Result(type, ErrorCode), self)
        .Func($"[method]{resource}.set-{name}", Refuse, Done, self, new WitField("value", type));

    // wit: wasi:sockets/instance-network#instance-network
    private static ComponentValue InstanceNetwork(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Resource(Network);

    private static ComponentValue Refuse(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        const int accessDenied = 1;
        return ComponentValue.Error(ComponentValue.OfCase(accessDenied));
    }

    private static ComponentValue NoErrorCode(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.None;

    // Methods that cannot fail, of resources no guest ever holds.
    private static ComponentValue Unreachable(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        throw new TrapException(TrapCode.HostRefused, "there are no sockets");
}
