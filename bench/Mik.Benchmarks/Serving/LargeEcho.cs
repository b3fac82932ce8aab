using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mik.Benchmarks.Serving;

/// <summary>
/// A body far larger than memory should grow goes through a handler that echoes it, while the server's memory is watched. Each protocol
/// has a server of its own.
/// </summary>
internal static class LargeEcho
{
    private const string Configuration = """
        [server]
        max_body_size_mb = 4096
        execution_timeout_secs = 300
        """;

    private const int PieceBytes = 64 * 1024;

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var bytes = (long)options.MiB << 20;
        await output.WriteLineAsync($"{$"{options.MiB} MiB echoed",-20} {"idle MiB",10} {"most MiB",10} {"more MiB",10} {"MiB/s",10}");
        await MeasureAsync("HTTP/1.1", EchoOverHttp1Async);
        await MeasureAsync("HTTP/2", EchoOverHttp2Async);

        async Task MeasureAsync(string row, Func<Uri, long, Task<long>> echo)
        {
            await using var server = await ServedProcess.StartAsync(Configuration);

            // What exists once is there already: compiled code, buffers, threads.
            await echo(server.Url, Math.Min(bytes, 16 << 20));
            await Task.Delay(TimeSpan.FromSeconds(1));
            var idle = server.Use().ResidentBytes;
            var start = Stopwatch.GetTimestamp();
            var echoing = echo(server.Url, bytes);
            var most = (await server.PeakUntilAsync(echoing)).ResidentBytes;
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (await echoing != bytes)
            {
                throw new InvalidOperationException($"{await echoing} of {bytes} bytes came back.");
            }

            const double MiB = 1 << 20;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{row,-20} {idle / MiB,10:F1} {most / MiB,10:F1} {(most - idle) / MiB,10:F1} {bytes / MiB / seconds,10:F0}"));
        }
    }

    private static async Task<long> EchoOverHttp1Async(Uri url, long bytes)
    {
        // HttpClient would send all of the request before it reads.
        using var client = new TcpClient(url.Host, url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /run/http_echo/ HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n"));
        var sending = SendAsync(stream, bytes);
        var received = new ChunkCounter();
        var buffer = new byte[PieceBytes];
        for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
        {
            received.Add(buffer.AsSpan(0, count));
        }

        await sending;
        return received.Bytes;
    }

    private static async Task<long> EchoOverHttp2Async(Uri url, long bytes)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/run/http_echo/"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Pieces(bytes),
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        var total = 0L;
        var buffer = new byte[PieceBytes];
        for (var count = await body.ReadAsync(buffer); count > 0; count = await body.ReadAsync(buffer))
        {
            total += count;
        }

        return total;
    }

    private static async Task SendAsync(Stream stream, long bytes)
    {
        var piece = new byte[PieceBytes];
        for (; bytes > 0; bytes -= PieceBytes)
        {
            await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(bytes, PieceBytes)));
        }
    }

    private sealed class Pieces(long bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SendAsync(stream, bytes);

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }

    /// <summary>Counts the bytes of a chunked body.</summary>
    private sealed class ChunkCounter
    {
        private readonly StringBuilder _line = new();
        private bool _inHead = true;
        private long _left; // of the chunk, its end of line included

        public long Bytes { get; private set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                if (_left > 0)
                {
                    var part = (int)Math.Min(_left, bytes.Length);
                    _left -= part;
                    bytes = bytes[part..];
                    continue;
                }

                var c = (char)bytes[0];
                bytes = bytes[1..];
                if (c != '\n')
                {
                    _line.Append(c);
                    continue;
                }

                EndLine(_line.ToString().TrimEnd('\r'));
                _line.Clear();
            }
        }

        private void EndLine(string line)
        {
            if (_inHead)
            {
                _inHead = line.Length > 0;
            }
            else if (line.Length > 0)
            {
                var length = long.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                Bytes += length;
                _left = length > 0 ? length + 2 : 0;
            }
        }
    }
}
