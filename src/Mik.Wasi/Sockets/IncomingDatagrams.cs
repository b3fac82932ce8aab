using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>
/// Datagrams that arrive, of those the guest may contact: what others send to its port is dropped.
/// wit: wasi:sockets/udp#incoming-datagram-stream
/// </summary>
internal sealed class IncomingDatagrams : GuestResource, IReadiness
{
    private const int MostBytes = 64 * 1024;

    // As many as one call gives, and as many of strangers as one call looks at.
    private const int MostAtOnce = 16;

    private readonly UdpSocket _socket;
    private readonly byte[] _peeked = new byte[1];
    private Task? _waiting;

    public IncomingDatagrams(UdpSocket socket)
        : base(socket.Context, socket)
    {
        _socket = socket;
        socket.Streams++;
    }

    public static HostResourceType Type { get; } = TypeOf("incoming-datagram-stream");

    public bool IsReady => _waiting is { IsCompleted: true };

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var received = Record(new("data", List(U8)), new("remote-address", SocketAddresses.SocketAddress));
        target
            .Resource(Type)
            .Func("[method]incoming-datagram-stream.receive", Receive, Result(List(received), SocketFailures.Type), self, new("max-results", U64))
            .Func("[method]incoming-datagram-stream.subscribe", Subscribe, Own(Pollable.Type), self);
    }

    public void Arm()
    {
        if (_waiting is null)
        {
            // Only a look, so that the datagram stays whole where it is.
            _waiting = _socket.Socket.ReceiveAsync(_peeked, SocketFlags.Peek, Context.Lifetime).AsTask();
            _waiting.ConfigureAwait(false).GetAwaiter().OnCompleted(Context.WakeUp.Signal);
        }
    }

    // wit: wasi:sockets/udp#incoming-datagram-stream.receive
    internal static ComponentValue Receive(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = arguments[0].AsResource<IncomingDatagrams>();
        var max = (int)Math.Min(arguments[1].AsU64, MostAtOnce);
        return GuestSocket.Try(() => self.Take(max));
    }

    // wit: wasi:sockets/udp#incoming-datagram-stream.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<IncomingDatagrams>()).ToValue();

    protected override void OnDrop() => _socket.Streams--;

    private ComponentValue Take(int max)
    {
        _waiting = _waiting is { IsCompleted: true } ? null : _waiting;
        var datagrams = new List<ComponentValue>();
        var buffer = new byte[MostBytes];
        for (var looks = 0; datagrams.Count < max && looks < MostAtOnce; looks++)
        {
            EndPoint from = new IPEndPoint(_socket.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            try
            {
                var count = _socket.Socket.ReceiveFrom(buffer, ref from);
                if (IsWelcome((IPEndPoint)from))
                {
                    datagrams.Add(ComponentValue.Values(ComponentValue.Bytes(buffer[..count]), SocketAddresses.ToSocketAddress((IPEndPoint)from)));
                }
            }
            catch (SocketException none) when (none.SocketErrorCode == SocketError.WouldBlock || datagrams.Count > 0)
            {
                break;
            }
        }

        return ComponentValue.Ok(ComponentValue.Values([.. datagrams]));
    }

    private bool IsWelcome(IPEndPoint from) => _socket.Remote is { } remote ? remote.Equals(from) : _socket.Judge(from) is null;
}
