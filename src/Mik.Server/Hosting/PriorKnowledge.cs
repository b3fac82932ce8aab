using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Mik.Server.Hosting;

/// <summary>
/// Lets HTTP/1.1 and HTTP/2 without TLS share one port. The web server decides between them by TLS alone, so that it is given two
/// endpoints: the port itself for HTTP/1.1, and one without a socket, which takes over those of the port's connections whose client
/// opens with HTTP/2's preface.
/// </summary>
/// <param name="sockets">Listens on the port.</param>
/// <param name="firstBytesTimeout">How long a connection may stay silent here: what the web server gives the first request's headers.</param>
/// <param name="time">The clock.</param>
internal sealed class PriorKnowledge(IConnectionListenerFactory sockets, TimeSpan firstBytesTimeout, TimeProvider time) : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>The endpoint that speaks only HTTP/2.</summary>
    public static EndPoint Http2EndPoint { get; } = new SocketlessEndPoint();

    /// <summary>Where the port's listener ended up; tells which port was free.</summary>
    public EndPoint? Bound { get; private set; }

    // rfc: 9113#3.4
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is SocketlessEndPoint)
        {
            return new Http2Listener(_http2.Reader, _http2.Writer);
        }

        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        Bound = listener.EndPoint;
        return listener;
    }

    /// <summary>Sees a connection off to the protocol its first bytes speak; the port's connection middleware.</summary>
    public async Task DispatchAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        if (await OpensWithPrefaceAsync(connection))
        {
            var handedOver = new HandedOverConnection(connection);
            if (_http2.Writer.TryWrite(handedOver))
            {
                await handedOver.Done;
            }
        }
        else
        {
            await http1(connection);
        }
    }

    private async ValueTask<bool> OpensWithPrefaceAsync(ConnectionContext connection)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var timeout = new CancellationTokenSource(firstBytesTimeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, closing);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(giveUp.Token);
                var matching = Matching(read.Buffer);
                var undecided = matching == read.Buffer.Length && matching < Preface.Length && !read.IsCompleted;
                input.AdvanceTo(read.Buffer.Start, undecided ? read.Buffer.End : read.Buffer.Start);
                if (!undecided)
                {
                    return matching == Preface.Length;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A silent client, or a server that is going away: HTTP/1.1 has rules for both.
            return false;
        }
        catch (Exception lost) when (lost is IOException or ConnectionAbortedException)
        {
            return false;
        }
    }

    /// <summary>How many bytes agree with the preface before the first that does not.</summary>
    private static int Matching(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        start = start[..(int)Math.Min(buffer.Length, Preface.Length)];
        buffer.Slice(0, start.Length).CopyTo(start);
        return start.CommonPrefixLength(Preface);
    }

    private sealed class SocketlessEndPoint : EndPoint
    {
        public override string ToString() => "HTTP/2 with prior knowledge";
    }

    private sealed class Http2Listener(ChannelReader<ConnectionContext> connections, ChannelWriter<ConnectionContext> writer) : IConnectionListener
    {
        public EndPoint EndPoint => Http2EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await connections.WaitToReadAsync(cancellationToken) && connections.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    /// <summary>The connection as its new endpoint sees it. Its end is reported, not carried out: the port's side does that.</summary>
    private sealed class HandedOverConnection(ConnectionContext connection) : ConnectionContext
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override string ConnectionId
        {
            get => connection.ConnectionId;
            set => connection.ConnectionId = value;
        }

        /// <summary>Reads what the port's side knows, keeps to itself what the new side adds.</summary>
        public override IFeatureCollection Features { get; } = new FeatureCollection(connection.Features);

        public override IDictionary<object, object?> Items { get; set; } = connection.Items;

        public override IDuplexPipe Transport { get; set; } = connection.Transport;

        public override EndPoint? LocalEndPoint
        {
            get => connection.LocalEndPoint;
            set => connection.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => connection.RemoteEndPoint;
            set => connection.RemoteEndPoint = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => connection.ConnectionClosed;
            set => connection.ConnectionClosed = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _done.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
