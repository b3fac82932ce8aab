using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>A collector of traces: takes OTLP over HTTP on a loopback port and keeps what came. Thread-safe.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly Task _serving;

    public OtlpCollector()
    {
        Address = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>The addresses and media types that were asked for, and the header <c>x-key</c>.</summary>
    public ConcurrentDictionary<string, int> Requests { get; } = new();

    /// <summary>What came so far.</summary>
    public IReadOnlyCollection<OtlpSpan> Spans => _spans;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            foreach (var span in OtlpSpan.ReadAll(body.ToArray()))
            {
                _spans.Enqueue(span);
            }

            Requests.AddOrUpdate(
                $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {context.Request.ContentType} {context.Request.Headers["x-key"]}",
                1,
                static (_, count) => count + 1);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}

/// <summary>One span as it was sent.</summary>
internal sealed record OtlpSpan(
    string Service, string TraceId, string Id, string Parent, string State, string Name, long Kind, long Status, IReadOnlyDictionary<string, string> Attributes)
{
    // opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest, by the numbers of its fields.
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request) =>
        from resourceSpans in Messages(request, 1)
        let service = Messages(resourceSpans, 1).SelectMany(static resource => AttributesOf(resource, 1)).First(static a => a.Key == "service.name").Value
        from scopeSpans in Messages(resourceSpans, 2)
        from span in Messages(scopeSpans, 2)
        select new OtlpSpan(
            service,
            Hex(span, 1),
            Hex(span, 2),
            Hex(span, 4),
            Text(span, 3),
            Text(span, 5),
            Number(span, 6),
            Messages(span, 15).Select(static status => Number(status, 3)).FirstOrDefault(),
            AttributesOf(span, 9).ToDictionary());

    private static IEnumerable<KeyValuePair<string, string>> AttributesOf(byte[] message, int field) =>
        from attribute in Messages(message, field)
        let value = Messages(attribute, 2).First()
        select KeyValuePair.Create(
            Text(attribute, 1), Messages(value, 1).Any() ? Text(value, 1) : Number(value, 3).ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static IEnumerable<byte[]> Messages(byte[] message, int field) =>
        Fields(message).Where(f => f.Number == field && f.Bytes is not null).Select(static f => f.Bytes!);

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(Messages(message, field).FirstOrDefault() ?? []);

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Messages(message, field).FirstOrDefault() ?? []);

    private static long Number(byte[] message, int field) => Fields(message).FirstOrDefault(f => f.Number == field).Value;

    private static IEnumerable<(int Number, long Value, byte[]? Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    yield return ((int)(tag >> 3), Varint(message, ref at), null);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    yield return ((int)(tag >> 3), 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException($"a field of kind {tag & 7}");
            }
        }
    }

    private static long Varint(byte[] message, ref int at)
    {
        var (value, shift) = (0L, 0);
        for (; message[at] >= 0x80; shift += 7)
        {
            value |= (long)(message[at++] & 0x7f) << shift;
        }

        return value | ((long)message[at++] << shift);
    }
}
