using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>Datagrams on their way out. wit: wasi:sockets/udp#outgoing-datagram-stream</summary>
internal sealed class OutgoingDatagrams : GuestResource, IReadiness
{
    // The system takes datagrams at once, or drops them; the bound is for what one call costs.
    private const int MostAtOnce = 16;

    private readonly UdpSocket _socket;
    private int _permitted;

    public OutgoingDatagrams(UdpSocket socket)
        : base(socket.Context, socket)
    {
        _socket = socket;
        socket.Streams++;
    }

    public static HostResourceType Type { get; } = TypeOf("outgoing-datagram-stream");

    public bool IsReady => true;

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var sent = Record(new("data", List(U8)), new("remote-address", Option(SocketAddresses.SocketAddress)));
        target
            .Resource(Type)
            .Func("[method]outgoing-datagram-stream.check-send", CheckSend, Result(U64, SocketFailures.Type), self)
            .Func("[method]outgoing-datagram-stream.send", Send, Result(U64, SocketFailures.Type), self, new("datagrams", List(sent)))
            .Func("[method]outgoing-datagram-stream.subscribe", Subscribe, Own(Pollable.Type), self);
    }

    public void Arm()
    {
    }

    // wit: wasi:sockets/udp#outgoing-datagram-stream.check-send
    internal static ComponentValue CheckSend(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<OutgoingDatagrams>();
        self._permitted = MostAtOnce;
        return ComponentValue.Ok(ComponentValue.U64(MostAtOnce));
    }

    // wit: wasi:sockets/udp#outgoing-datagram-stream.send
    internal static ComponentValue Send(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<OutgoingDatagrams>();
        var datagrams = arguments[1].AsValues;
        if (datagrams.Length > self._permitted)
        {
            throw new TrapException(TrapCode.HostRefused, $"{datagrams.Length} datagrams where check-send permits {self._permitted}");
        }

        self._permitted -= datagrams.Length;
        var count = 0;
        foreach (var datagram in datagrams)
        {
            // One that cannot be sent ends the call; what went before it is told first.
            if (self.TrySend(datagram.AsValues[0].AsBytes.Span, datagram.AsValues[1]) is { } failure)
            {
                return count > 0 || failure == SocketFailure.WouldBlock ? ComponentValue.Ok(ComponentValue.U64((ulong)count)) : failure.ToError();
            }

            count++;
        }

        return ComponentValue.Ok(ComponentValue.U64((ulong)count));
    }

    // wit: wasi:sockets/udp#outgoing-datagram-stream.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<OutgoingDatagrams>()).ToValue();

    protected override void OnDrop() => _socket.Streams--;

    private SocketFailure? TrySend(ReadOnlySpan<byte> bytes, ComponentValue to)
    {
        var remote = to.IsSome ? SocketAddresses.FromSocketAddress(to.Payload) : null;
        if ((remote ?? _socket.Remote) is not { } target || (_socket.Remote is { } only && !only.Equals(target)))
        {
            return SocketFailure.InvalidArgument;
        }

        if (_socket.Judge(target) is { } refused)
        {
            return refused;
        }

        try
        {
            _socket.Socket.SendTo(bytes, SocketFlags.None, target);
            return null;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return SocketFailures.Of(failure);
        }
    }
}
