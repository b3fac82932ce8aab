using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mik.Benchmarks.Serving;

/// <summary>
/// Good and bad requests of every kind for a while, from several clients at once, of whom some leave in the middle: what the server has of
/// the system before and after, and whether every request got the outcome it should.
/// </summary>
internal static class Soak
{
    private const string Configuration = """
        [server]
        execution_timeout_secs = 1
        memory_limit_mb = 16
        http_allowed = ["127.0.0.1"]
        [breaker]
        failures = 1000
        """;

    // What the breaker answers for a handler that did nothing but fail a thousand times.
    private const int Suspended = 503;

    private const int Clients = 8;

    // What is idle is let go within seconds, threads within half a minute.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(40);

    private static readonly Deed[] Deeds =
    [
        new("hello", 20, static turn => turn.GetAsync("/run/http_hello/", 200)),
        new("echo", 10, static turn => turn.EchoAsync(turn.Random.Next(200_000))),
        new("stream", 10, static turn => turn.GetAsync($"/run/http_stream/?before={turn.Random.Next(100_000)}&after={turn.Random.Next(300_000)}&trailers=1", 200)),
        new("sleep", 3, static turn => turn.GetAsync($"/run/http_sleep/?ms={turn.Random.Next(50)}", 200)),
        new("fetch", 10, static turn => turn.GetAsync($"/run/http_fetch/?to={turn.Upstream}&path=/", 200)),
        new("fetch nobody", 3, static turn => turn.GetAsync("/run/http_fetch/?to=127.0.0.1:1&path=/", 502)),
        new("fetch forbidden", 3, static turn => turn.GetAsync("/run/http_fetch/?to=10.0.0.1:1&path=/", 502)),
        new("trap", 5, static turn => turn.GetAsync("/run/fault_trap/", 500)),

        // Between its failures, or the handler would be suspended in the end.
        new("trap not", 3, static turn => turn.GetAsync("/run/fault_trap/ok", 200)),
        new("recurse", 2, static turn => turn.GetAsync("/run/fault_recurse/", 500, Suspended)),
        new("grow", 2, static turn => turn.GetAsync("/run/fault_grow/", 507, Suspended)),
        new("silent", 3, static turn => turn.GetAsync("/run/fault_silent/", 502, Suspended)),
        new("spin", 1, static turn => turn.GetAsync("/run/fault_spin/", 504, Suspended)),
        new("trap midway", 5, static turn => turn.BreakOffAsync("/run/http_stream/?after=100000&pause=20&trap=1")),
        new("drop midway", 5, static turn => turn.BreakOffAsync("/run/http_stream/?before=100&pause=20&drop=1")),
        new("leave a flood", 2, static turn => turn.LeaveAsync("GET /run/fault_flood/ HTTP/1.1\r\nHost: x\r\n\r\n")),
        new("leave a body", 3, static turn => turn.LeaveAsync("POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")),
        new("leave a sleep", 3, static turn => turn.LeaveAsync("GET /run/http_sleep/?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n")),
        new("garbage", 2, static turn => turn.LeaveAsync("\0\u0001nonsense\r\n\r\n")),
        new("unknown", 2, static turn => turn.GetAsync("/run/nobody/", 404)),
    ];

    /// <summary>Runs and prints.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        await using var server = await ServedProcess.StartAsync(Configuration);
        await using var upstream = new SlowUpstream();
        upstream.Release();

        // Everything has happened once, and what that leaves behind for good is there.
        await PhaseAsync(server, upstream, TimeSpan.FromSeconds(Math.Min(20, options.Seconds)), seed: 0);
        await RestAsync(options);
        var before = server.Use();
        var (done, wrong) = await PhaseAsync(server, upstream, TimeSpan.FromSeconds(options.Seconds), seed: 1);
        var loaded = server.Use();
        await RestAsync(options);
        var after = server.Use();

        await output.WriteLineAsync($"before         {before}");
        await output.WriteLineAsync($"under load     {loaded}");
        await output.WriteLineAsync($"after          {after}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done.Values.Sum()} requests in {options.Seconds:F0} s"));
        foreach (var (name, count) in done.OrderByDescending(static pair => pair.Value))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {name,-16} {count,9}"));
        }

        foreach (var text in wrong.Distinct().Take(20))
        {
            await output.WriteLineAsync($"  WRONG: {text}");
        }

        await output.WriteLineAsync($"{wrong.Count} with another outcome than they should have");
    }

    private static Task RestAsync(BenchmarkOptions options) => Task.Delay(options.Seconds < 5 ? TimeSpan.FromMilliseconds(100) : Rest);

    private static async Task<(Dictionary<string, long> Done, List<string> Wrong)> PhaseAsync(
        ServedProcess server, SlowUpstream upstream, TimeSpan duration, int seed)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var done = new Dictionary<string, long>();
        var wrong = new List<string>();
        var bag = Deeds.SelectMany(static deed => Enumerable.Repeat(deed, deed.Weight)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            using var turn = new Turn(server.Url, upstream.Authority, new Random((seed * Clients) + client));
            do
            {
                var deed = bag[turn.Random.Next(bag.Length)];
                string? outcome;
                try
                {
                    outcome = await deed.Do(turn);
                }
                catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
                {
                    outcome = failure.Message;
                }

                lock (done)
                {
                    done[deed.Name] = done.GetValueOrDefault(deed.Name) + 1;
                    if (outcome is not null)
                    {
                        wrong.Add($"{deed.Name}: {outcome}");
                    }
                }
            }
            while (Stopwatch.GetTimestamp() < end);
        })));
        return (done, wrong);
    }

    /// <summary>A kind of request; what it does returns what was wrong, if anything was.</summary>
    private sealed record Deed(string Name, int Weight, Func<Turn, Task<string?>> Do);

    private sealed class Turn(Uri url, string upstream, Random random) : IDisposable
    {
        private readonly HttpClient _client = new() { BaseAddress = url };

        public string Upstream => upstream;

        public Random Random => random;

        private Version Version => random.Next(2) == 0 ? HttpVersion.Version11 : HttpVersion.Version20;

        public async Task<string?> GetAsync(string path, int expected, int? orElse = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await _client.SendAsync(request);
            var status = (int)response.StatusCode;
            return status == expected || status == orElse ? null : $"{status} instead of {expected}";
        }

        public async Task<string?> EchoAsync(int length)
        {
            var body = new byte[length];
            random.NextBytes(body);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/run/http_echo/")
            {
                Version = Version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body),
            };

            // Over HTTP/1.1 nobody reads before all is sent, so that more than what is on the way would wait for ever.
            if (request.Version == HttpVersion.Version11)
            {
                request.Content = new ByteArrayContent(body = body[..Math.Min(length, 50_000)]);
            }

            using var response = await _client.SendAsync(request);
            return (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body) ? null : "another body";
        }

        /// <summary>A request whose answer must not look whole.</summary>
        public async Task<string?> BreakOffAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            try
            {
                using var response = await _client.SendAsync(request);
                return (int)response.StatusCode >= 500 ? null : $"a whole answer with {(int)response.StatusCode}";
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        /// <summary>Begins a request and goes away, after the first bytes of the answer or without waiting for any.</summary>
        public async Task<string?> LeaveAsync(string begin)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host, url.Port);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(begin));
            if (random.Next(2) == 0)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                try
                {
                    _ = await client.GetStream().ReadAsync(new byte[1000], patience.Token);
                }
                catch (Exception nothing) when (nothing is OperationCanceledException or IOException)
                {
                    // Gone without an answer, one way or the other.
                }
            }

            return null;
        }

        public void Dispose() => _client.Dispose();
    }
}
