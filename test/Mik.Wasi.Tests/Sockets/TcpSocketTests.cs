using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Wasi.Sockets;
using static Mik.Wasi.Tests.Sockets.SocketGuest;

namespace Mik.Wasi.Tests.Sockets;

public sealed class TcpSocketTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TcpSocketTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Endpoint => _listener.LocalEndpoint.ToString()!;

    private string Pattern => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_guest_talks_with_whom_it_may()
    {
        using var guest = new SocketGuest(Pattern);
        var socket = guest.NewTcp();
        var streams = Guest.Ok(guest.Connect(socket, Endpoint)).AsValues.ToArray();
        using var peer = await _listener.AcceptTcpClientAsync(Cancellation);
        var ready = guest.Guest.Stream("[method]input-stream.subscribe", streams[0]);

        Assert.False(guest.Guest.Call("wasi:io/poll#[method]pollable.ready", ready).AsBool);
        Guest.Ok(guest.Guest.Stream("[method]output-stream.blocking-write-and-flush", streams[1], Guest.Bytes("hello")));
        var received = new byte[5];
        await peer.GetStream().ReadExactlyAsync(received, Cancellation);
        await peer.GetStream().WriteAsync(received, Cancellation);
        guest.Block(ready);

        Assert.Equal("hello", Guest.TextOf(Guest.Ok(guest.Guest.Stream("[method]input-stream.read", streams[0], ComponentValue.U64(100)))));
        Assert.Equal(((IPEndPoint)peer.Client.RemoteEndPoint!).Port, (int)Guest.Ok(guest.Tcp("local-address", socket)).Payload.AsValues[0].AsU32);
        Assert.Equal(((IPEndPoint)peer.Client.LocalEndPoint!).Port, (int)Guest.Ok(guest.Tcp("remote-address", socket)).Payload.AsValues[0].AsU32);

        peer.Close();
        var end = guest.Guest.Stream("[method]input-stream.blocking-read", streams[0], ComponentValue.U64(100));
        Assert.Equal((1, 1), (end.Case, end.Payload.Case));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_holds_up_the_guest_and_loses_nothing()
    {
        using var guest = new SocketGuest(Pattern);
        var streams = Guest.Ok(guest.Connect(guest.NewTcp(), Endpoint)).AsValues.ToArray();
        using var peer = await _listener.AcceptTcpClientAsync(Cancellation);
        var piece = new string('x', 60_000);
        var sent = 0L;
        while (Guest.Ok(guest.Guest.Stream("[method]output-stream.check-write", streams[1])).AsU64 > 0)
        {
            Guest.Ok(guest.Guest.Stream("[method]output-stream.write", streams[1], Guest.Bytes(piece)));
            sent += piece.Length;
        }

        var reading = Task.Run(
            async () =>
            {
                var (buffer, total) = (new byte[65536], 0L);
                for (var count = await peer.GetStream().ReadAsync(buffer, Cancellation); count > 0; count = await peer.GetStream().ReadAsync(buffer, Cancellation))
                {
                    total += count;
                }

                return total;
            },
            Cancellation);
        Guest.Ok(guest.Guest.Stream("[method]output-stream.blocking-flush", streams[1]));
        Guest.Drop(streams[0]);
        Guest.Drop(streams[1]);
        guest.Guest.Dispose();

        // The instance's end drops what it holds; here the test does.
        Assert.InRange(sent, piece.Length, 64L << 20);
        Assert.False(reading.IsFaulted);
    }

    [Theory]
    [InlineData("127.0.0.2:80", "AccessDenied")]
    [InlineData("0.0.0.0:80", "InvalidArgument")]
    [InlineData("[::1]:80", "InvalidArgument")]
    [InlineData("127.0.0.1:0", "InvalidArgument")]
    [InlineData("127.0.0.1:1", "ConnectionRefused")]
    public void Others_are_refused(string endpoint, string outcome)
    {
        using var guest = new SocketGuest("127.0.0.1:*");

        Assert.Equal(outcome, Outcome(guest.Connect(guest.NewTcp(), endpoint)));
    }

    [Fact]
    public void Without_a_list_there_is_no_socket()
    {
        using var guest = new SocketGuest();

        Assert.Equal("AccessDenied", Outcome(guest.Guest.Call("wasi:sockets/tcp-create-socket#create-tcp-socket", ComponentValue.OfCase(0))));
        Assert.Equal("AccessDenied", Outcome(guest.Guest.Call("wasi:sockets/udp-create-socket#create-udp-socket", ComponentValue.OfCase(0))));
        Assert.Equal("AccessDenied", Outcome(guest.LookUp("localhost")));
    }

    [Fact]
    public void A_name_is_reached_at_the_addresses_it_was_found_at()
    {
        using var guest = new SocketGuest($"inside.example:{Pattern.Split(':')[1]}");

        Assert.Equal("AccessDenied", Outcome(guest.Connect(guest.NewTcp(), Endpoint)));
        Assert.Equal("ok", Outcome(guest.LookUp("inside.example")));
        Assert.Equal("ok", Outcome(guest.Connect(guest.NewTcp(), Endpoint)));
        Assert.Equal("AccessDenied", Outcome(guest.LookUp("outside.example")));
    }

    [Fact]
    public void A_mapped_address_does_not_get_around_the_list()
    {
        using var guest = new SocketGuest("127.0.0.1:*");

        Assert.Equal("InvalidArgument", Outcome(guest.Connect(guest.NewTcp(ipv6: true), "[::ffff:127.0.0.1]:80")));
    }

    [Fact]
    public void Binding_is_the_system_s_choice_and_listening_nobody_s()
    {
        using var guest = new SocketGuest("127.0.0.1:*");
        var socket = guest.NewTcp();

        Assert.Equal("InvalidState", Outcome(guest.Tcp("start-listen", socket)));
        Assert.Equal("InvalidState", Outcome(guest.Tcp("local-address", socket)));
        Assert.Equal("NotInProgress", Outcome(guest.Tcp("finish-bind", socket)));
        Assert.Equal("AccessDenied", Outcome(guest.Tcp("start-bind", socket, guest.Network, Address("0.0.0.0:80"))));
        Assert.Equal("AccessDenied", Outcome(guest.Tcp("start-bind", socket, guest.Network, Address("127.0.0.1:0"))));
        Assert.Equal("InvalidArgument", Outcome(guest.Tcp("start-bind", socket, guest.Network, Address("[::]:0"))));
        Assert.Equal("ok", Outcome(guest.Tcp("start-bind", socket, guest.Network, Address("0.0.0.0:0"))));
        Assert.Equal("ConcurrencyConflict", Outcome(guest.Tcp("start-connect", socket, guest.Network, Address(Endpoint))));
        Assert.Equal("ok", Outcome(guest.Tcp("finish-bind", socket)));
        Assert.Equal("InvalidState", Outcome(guest.Tcp("start-bind", socket, guest.Network, Address("0.0.0.0:0"))));
        Assert.NotEqual(0U, Guest.Ok(guest.Tcp("local-address", socket)).Payload.AsValues[0].AsU32);
        Assert.Equal("AccessDenied", Outcome(guest.Tcp("start-listen", socket)));
        Assert.Equal("NotInProgress", Outcome(guest.Tcp("finish-listen", socket)));
        Assert.Equal("InvalidState", Outcome(guest.Tcp("accept", socket)));
        Assert.False(guest.Tcp("is-listening", socket).AsBool);
        Assert.Equal("NotInProgress", Outcome(guest.Tcp("finish-connect", socket)));
        Assert.Equal("InvalidState", Outcome(guest.Tcp("shutdown", socket, ComponentValue.OfCase(2))));
        Assert.Equal("ok", Outcome(guest.Connect(socket, Endpoint)));
        Assert.Equal("InvalidState", Outcome(guest.Connect(socket, Endpoint)));
    }

    [Fact]
    public async Task Shutting_down_tells_the_peer_and_ends_the_stream()
    {
        using var guest = new SocketGuest(Pattern);
        var socket = guest.NewTcp();
        var streams = Guest.Ok(guest.Connect(socket, Endpoint)).AsValues.ToArray();
        using var peer = await _listener.AcceptTcpClientAsync(Cancellation);

        Assert.Equal("ok", Outcome(guest.Tcp("shutdown", socket, ComponentValue.OfCase(1))));
        Assert.Equal(0, await peer.GetStream().ReadAsync(new byte[1], Cancellation));
        var write = guest.Guest.Stream("[method]output-stream.blocking-write-and-flush", streams[1], Guest.Bytes("x"));
        var code = guest.Guest.Call("wasi:sockets/network#network-error-code", write.Payload.Payload);
        Assert.Equal(SocketFailure.ConnectionReset, (SocketFailure)Guest.Some(code).Case);

        Assert.Equal("ok", Outcome(guest.Tcp("shutdown", socket, ComponentValue.OfCase(0))));
        Assert.Equal(1, guest.Guest.Stream("[method]input-stream.blocking-read", streams[0], ComponentValue.U64(1)).Payload.Case);
    }

    [Theory]
    [InlineData("keep-alive-enabled", 1UL, 1UL)]
    [InlineData("keep-alive-enabled", 0UL, 0UL)]
    [InlineData("keep-alive-idle-time", 1_500_000_000UL, 2_000_000_000UL)]
    [InlineData("keep-alive-interval", 1UL, 1_000_000_000UL)]
    [InlineData("keep-alive-count", 3UL, 3UL)]
    [InlineData("hop-limit", 42UL, 42UL)]
    public void Options_are_kept(string name, ulong set, ulong expected)
    {
        using var guest = new SocketGuest("127.0.0.1:*");
        var socket = guest.NewTcp();

        Assert.Equal("ok", Outcome(guest.Tcp($"set-{name}", socket, ComponentValue.Scalar(set))));
        Assert.Equal(expected, Guest.Ok(guest.Tcp(name, socket)).Bits);
        if (name != "keep-alive-enabled")
        {
            Assert.Equal("InvalidArgument", Outcome(guest.Tcp($"set-{name}", socket, ComponentValue.Scalar(0))));
        }
    }

    [Theory]
    [InlineData("receive-buffer-size")]
    [InlineData("send-buffer-size")]
    public void Buffers_have_the_size_the_system_gives(string name)
    {
        using var guest = new SocketGuest("127.0.0.1:*");
        var socket = guest.NewTcp();

        Assert.Equal("ok", Outcome(guest.Tcp($"set-{name}", socket, ComponentValue.U64(ulong.MaxValue))));
        Assert.True(Guest.Ok(guest.Tcp(name, socket)).AsU64 > 0);
        Assert.Equal("InvalidArgument", Outcome(guest.Tcp($"set-{name}", socket, ComponentValue.U64(0))));
        Assert.Equal("ok", Outcome(guest.Tcp("set-listen-backlog-size", socket, ComponentValue.U64(1))));
    }

    [Fact]
    public void Sockets_are_limited_like_files()
    {
        using var guest = new Guest(new WasiContext { Sockets = new SocketPolicy(["127.0.0.1:*"]), Limits = new WasiLimits { MaxOpenFiles = 2 } });
        ComponentValue Create() => guest.Call("wasi:sockets/tcp-create-socket#create-tcp-socket", ComponentValue.OfCase(0));

        var first = Guest.Ok(Create());
        Guest.Ok(Create());
        Assert.Equal("NewSocketLimit", Outcome(Create()));
        Guest.Drop(first);
        Assert.Equal("ok", Outcome(Create()));
    }
}
