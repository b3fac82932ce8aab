using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;
using static Mik.Wasi.Tests.Sockets.SocketGuest;

namespace Mik.Wasi.Tests.Sockets;

public sealed class UdpSocketTests : IDisposable
{
    private readonly UdpClient _peer = new(new IPEndPoint(IPAddress.Loopback, 0));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Endpoint => _peer.Client.LocalEndPoint!.ToString()!;

    public void Dispose() => _peer.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Datagrams_go_and_come(bool isConnected)
    {
        using var guest = new SocketGuest(Endpoint);
        var (socket, streams) = Open(guest, isConnected);
        var ready = guest.Udp("incoming-datagram-stream.subscribe", streams[0]);
        var to = isConnected ? ComponentValue.None : ComponentValue.Some(Address(Endpoint));

        Assert.Equal(2UL, Guest.Ok(Send(guest, streams[1], ("one", to), ("two", to))).AsU64);
        var first = await _peer.ReceiveAsync(Cancellation);
        Assert.Equal("one"u8.ToArray(), first.Buffer);
        Assert.Equal("two"u8.ToArray(), (await _peer.ReceiveAsync(Cancellation)).Buffer);
        Assert.Empty(Guest.Ok(guest.Udp("incoming-datagram-stream.receive", streams[0], ComponentValue.U64(10))).AsValues.ToArray());
        await _peer.SendAsync("answer"u8.ToArray(), first.RemoteEndPoint, Cancellation);
        guest.Block(ready);

        var received = Assert.Single(Guest.Ok(guest.Udp("incoming-datagram-stream.receive", streams[0], ComponentValue.U64(10))).AsValues.ToArray());
        Assert.Equal("answer", Guest.TextOf(received.AsValues[0]));
        Assert.Equal(((IPEndPoint)_peer.Client.LocalEndPoint!).Port, (int)received.AsValues[1].Payload.AsValues[0].AsU32);
        Assert.Equal(isConnected ? "ok" : "InvalidState", Outcome(guest.Udp("udp-socket.remote-address", socket)));
        Assert.Equal(first.RemoteEndPoint.Port, (int)Guest.Ok(guest.Udp("udp-socket.local-address", socket)).Payload.AsValues[0].AsU32);
    }

    [Fact]
    public async Task What_strangers_send_is_dropped()
    {
        using var guest = new SocketGuest(Endpoint);
        var (socket, streams) = Open(guest, isConnected: false);
        var port = (int)Guest.Ok(guest.Udp("udp-socket.local-address", socket)).Payload.AsValues[0].AsU32;
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await stranger.SendAsync("strange"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        await _peer.SendAsync("friend"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), Cancellation);

        var received = new List<string>();
        while (received.Count == 0)
        {
            guest.Block(guest.Udp("incoming-datagram-stream.subscribe", streams[0]));
            received.AddRange(Guest.Ok(guest.Udp("incoming-datagram-stream.receive", streams[0], ComponentValue.U64(10))).AsValues.ToArray()
                .Select(datagram => Guest.TextOf(datagram.AsValues[0])));
        }

        Assert.Equal(["friend"], received);
    }

    [Fact]
    public void Nothing_goes_to_whom_the_guest_may_not_contact()
    {
        using var guest = new SocketGuest(Endpoint);
        var (_, streams) = Open(guest, isConnected: false);

        Assert.Equal("AccessDenied", Outcome(Send(guest, streams[1], ("x", ComponentValue.Some(Address("127.0.0.2:53"))))));
        Assert.Equal("InvalidArgument", Outcome(Send(guest, streams[1], ("x", ComponentValue.None))));
        Assert.Equal("InvalidArgument", Outcome(Send(guest, streams[1], ("x", ComponentValue.Some(Address("[::1]:53"))))));
        Assert.Equal("DatagramTooLarge", Outcome(Send(guest, streams[1], (new string('x', 70_000), ComponentValue.Some(Address(Endpoint))))));
        Assert.Equal(1UL, Guest.Ok(Send(guest, streams[1], ("x", ComponentValue.Some(Address(Endpoint))), ("y", ComponentValue.None))).AsU64);
        var (_, connected) = Open(guest, isConnected: true);
        Assert.Equal("InvalidArgument", Outcome(Send(guest, connected[1], ("x", ComponentValue.Some(Address("127.0.0.1:53"))))));
        Assert.Equal("AccessDenied", Outcome(guest.Udp("udp-socket.stream", Bound(guest), ComponentValue.Some(Address("127.0.0.2:53")))));
    }

    [Fact]
    public void More_than_was_permitted_traps()
    {
        using var guest = new SocketGuest(Endpoint);
        var (_, streams) = Open(guest, isConnected: true);

        Assert.Throws<TrapException>(() => guest.Udp(
            "outgoing-datagram-stream.send", streams[1], ComponentValue.Values(ComponentValue.Values(Guest.Bytes("x"), ComponentValue.None))));
    }

    [Fact]
    public void Streams_come_with_binding_and_one_pair_at_a_time()
    {
        using var guest = new SocketGuest(Endpoint);
        var socket = guest.NewUdp();
        Assert.Equal("InvalidState", Outcome(guest.Udp("udp-socket.stream", socket, ComponentValue.None)));
        var (bound, streams) = Open(guest, isConnected: false);
        Assert.Equal("InvalidState", Outcome(guest.Udp("udp-socket.stream", bound, ComponentValue.None)));
        Guest.Drop(streams[0]);
        Guest.Drop(streams[1]);
        Assert.Equal("ok", Outcome(guest.Udp("udp-socket.stream", bound, ComponentValue.None)));
        Assert.Equal("ok", Outcome(guest.Udp("udp-socket.set-unicast-hop-limit", bound, ComponentValue.U32(9))));
        Assert.Equal(9UL, Guest.Ok(guest.Udp("udp-socket.unicast-hop-limit", bound)).Bits);
        Assert.Equal(0, guest.Udp("udp-socket.address-family", bound).Case);
    }

    private static ComponentValue Bound(SocketGuest guest)
    {
        var socket = guest.NewUdp();
        Guest.Ok(guest.Udp("udp-socket.start-bind", socket, guest.Network, Address("0.0.0.0:0")));
        Guest.Ok(guest.Udp("udp-socket.finish-bind", socket));
        return socket;
    }

    private (ComponentValue Socket, ComponentValue[] Streams) Open(SocketGuest guest, bool isConnected)
    {
        var socket = Bound(guest);
        var remote = isConnected ? ComponentValue.Some(Address(Endpoint)) : ComponentValue.None;
        return (socket, Guest.Ok(guest.Udp("udp-socket.stream", socket, remote)).AsValues.ToArray());
    }

    private static ComponentValue Send(SocketGuest guest, ComponentValue stream, params (string Text, ComponentValue To)[] datagrams)
    {
        Assert.True(Guest.Ok(guest.Udp("outgoing-datagram-stream.check-send", stream)).AsU64 >= (ulong)datagrams.Length);
        return guest.Udp(
            "outgoing-datagram-stream.send",
            stream,
            ComponentValue.Values([.. datagrams.Select(each => ComponentValue.Values(Guest.Bytes(each.Text), each.To))]));
    }
}
