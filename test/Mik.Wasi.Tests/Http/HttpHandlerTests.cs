using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Mik.TestKit;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasi.Tests.Http.Outgoing;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Http;

/// <summary>Real components, from bytes to answers.</summary>
public sealed class HttpHandlerTests
{
    private static readonly Engine Engine = new();
    private static readonly Components.Linking.ComponentLinker Linker = WasiHost.CreateLinker();
    private static readonly ConcurrentDictionary<string, Lazy<HttpHandler>> Handlers = new();

    // The port that the recorded requests name for their upstream server; the one here listens wherever it can.
    private const string RecordedPort = "18999";

    public static TheoryData<string, int, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            if (!SharedData.IsPresent)
            {
                data.Add("(absent)", 0, false);
                return data;
            }

            using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures/expected.json")));
            foreach (var component in expected.RootElement.EnumerateObject())
            {
                for (var i = 0; i < component.Value.GetProperty("cases").GetArrayLength(); i++)
                {
                    data.Add(component.Name, i, false);
                    data.Add(component.Name, i, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_case_of_expected_json(string component, int index, bool fromCache)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures/expected.json")));
        var recorded = expected.RootElement.GetProperty(component).GetProperty("cases")[index];
        await using var upstream = new LoopbackServer(AnswerAsync);
        using var http = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));
        var log = new RecordingLog();

        var (response, body, outcome) = await RunAsync(
            fromCache ? KeptHandlers.Load(component, BytesOf(component)) : Load(component),
            RequestOf(recorded.GetProperty("request"), upstream.Port),
            new WasiContext { OutgoingHttp = http, Log = log });

        Assert.True(response is not null, $"{outcome.Result}: {outcome.Trap ?? outcome.Failure} {string.Join('\n', log.Lines)}");
        Assert.Equal(recorded.GetProperty("status").GetInt32(), response.Status);
        Assert.Equal(recorded.GetProperty("body").GetString(), Describe(body));
        Assert.Equal(
            recorded.GetProperty("headers").EnumerateArray().Select(header => header.GetString()!).Where(IsTheGuestsOwn).Order(StringComparer.Ordinal),
            response.Headers.Select(header => $"{header.Name.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(HandlerResult.Answered, outcome.Result);
    }

    [Fact]
    public async Task An_upstream_that_is_too_slow_is_the_guests_error()
    {
        await using var upstream = new LoopbackServer(static (_, _) => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        using var http = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        var (_, body, _) = await RunAsync(
            Load("c-fetch"),
            new IncomingHttpRequest { Method = "GET", PathWithQuery = $"/timeout/{upstream.Port}" },
            new WasiContext { OutgoingHttp = http });

        Assert.Equal($"err={(int)HttpErrorKind.HttpResponseTimeout}", Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task What_is_not_allowed_is_denied()
    {
        var (_, body, _) = await RunAsync(
            Load("c-fetch"), new IncomingHttpRequest { Method = "GET", PathWithQuery = "/proxy/80/" }, new WasiContext());

        Assert.Equal($"error-code {(int)HttpErrorKind.HttpRequestDenied}", Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task A_handler_that_sets_nothing_gives_no_response()
    {
        var (response, _, outcome) = await RunAsync(
            Load("c-hello"), new IncomingHttpRequest { Method = "GET", PathWithQuery = "/none" }, new WasiContext());

        Assert.Null(response);
        Assert.Equal(HandlerResult.NoResponse, outcome.Result);
    }

    [Fact]
    public async Task Guests_log_by_lines()
    {
        var log = new RecordingLog();
        await RunAsync(Load("js-fetch"), new IncomingHttpRequest { Method = "GET", PathWithQuery = "/log", Authority = "localhost" }, new WasiContext { Log = log });

        Assert.Equal(["Stderr: err line", "Stdout: log line"], log.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Interrupting_ends_a_guest_that_waits()
    {
        using var cancellation = new CancellationTokenSource();
        var arrived = new TaskCompletionSource();
        await using var upstream = new LoopbackServer((_, _) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        using var http = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));
        var running = RunAsync(
            Load("c-fetch"),
            new IncomingHttpRequest { Method = "GET", PathWithQuery = $"/proxy/{upstream.Port}/x" },
            new WasiContext { OutgoingHttp = http, Cancellation = cancellation.Token });
        await arrived.Task;
        await cancellation.CancelAsync();

        var (response, _, outcome) = await running;

        Assert.Null(response);
        Assert.Equal(HandlerResult.Trapped, outcome.Result);
        Assert.Equal(TrapCode.Interrupted, outcome.Trap!.Code);
    }

    [Fact]
    public async Task A_guest_that_traps_midway_leaves_an_aborted_body()
    {
        var run = Start(LoadOwn("fault_midway"), Get("/"), new WasiContext());

        var response = await run.ResponseStarted;
        Assert.Equal(200, response!.Status);
        Assert.Equal("half"u8.ToArray(), (await response.Body.ReadAsync(Token)).ToArray());
        await Assert.ThrowsAsync<BodyAbortedException>(async () => await response.Body.ReadAsync(Token));
        Assert.Equal(TrapCode.Unreachable, (await run.Completed).Trap!.Code);
    }

    [Fact]
    public async Task A_guest_refused_memory_is_told_apart()
    {
        var run = new HandlerRun();
        var thread = new Thread(() => LoadOwn("fault_grow").Run(Get("/"), run, new WasiContext(), new StoreLimits { MaxMemoryBytes = 4 << 20 }));
        thread.Start();

        var outcome = await run.Completed;

        Assert.Equal(HandlerResult.Trapped, outcome.Result);
        Assert.True(outcome.MemoryLimitHit);
    }

    [Theory]
    [InlineData("fault_trap", TrapCode.Unreachable)]
    [InlineData("fault_recurse", TrapCode.StackExhausted)]
    public async Task Traps_are_outcomes(string guest, TrapCode expected)
    {
        var (response, _, outcome) = await RunAsync(LoadOwn(guest), Get("/"), new WasiContext());

        Assert.Null(response);
        Assert.Equal(HandlerResult.Trapped, outcome.Result);
        Assert.Equal(expected, outcome.Trap!.Code);
        Assert.False(outcome.MemoryLimitHit);

        var (next, body, _) = await RunAsync(LoadOwn(guest), Get("/ok"), new WasiContext());
        Assert.Equal(200, next!.Status);
        Assert.Equal("ok"u8.ToArray(), body);
    }

    [Fact]
    public async Task A_guest_that_spins_can_be_interrupted()
    {
        using var cancellation = new CancellationTokenSource();
        var run = Start(LoadOwn("fault_spin"), Get("/"), new WasiContext { Cancellation = cancellation.Token });
        await cancellation.CancelAsync();

        Assert.Equal(TrapCode.Interrupted, (await run.Completed).Trap!.Code);
    }

    [Fact]
    public async Task A_flood_waits_for_its_reader_and_ends_with_it()
    {
        using var cancellation = new CancellationTokenSource();
        var run = Start(LoadOwn("fault_flood"), Get("/"), new WasiContext { Cancellation = cancellation.Token });
        var body = (await run.ResponseStarted)!.Body;
        for (var total = 0; total < 1_000_000;)
        {
            total += (await body.ReadAsync(Token)).Length;
        }

        Assert.False(run.Completed.IsCompleted);
        await cancellation.CancelAsync();
        Assert.NotEqual(HandlerResult.HostFailure, (await run.Completed).Result);
    }

    [Fact]
    public async Task A_component_of_the_small_contract_needs_no_adapter()
    {
        var request = new IncomingHttpRequest
        {
            Method = "POST",
            PathWithQuery = "/a%20b?status=201",
            Headers = [new("X-A", "1"), new("Host", "h"), new("x-bad", "\u00ff")],
            Body = new MemoryStream("payload"u8.ToArray()),
        };
        var log = new RecordingLog();

        var (response, body, outcome) = await RunAsync(LoadOwn("core_echo"), request, new WasiContext { Log = log });

        Assert.Equal(HandlerResult.Answered, outcome.Result);
        Assert.Equal(201, response!.Status);
        Assert.Equal([new("x-method", "post"), new("x-path", "/a%20b?status=201"), new("x-a", "1")], response.Headers);
        Assert.Equal("payload"u8.ToArray(), body);
        Assert.Equal(7, body.Length);
        Assert.Equal(["Stderr: 1 request headers are not UTF-8 and were left out"], log.Lines);
    }

    [Theory]
    [InlineData("PROPFIND", "", 501)]
    [InlineData("POST", "12345678901", 413)]
    [InlineData("POST", "1234567890", 200)]
    [InlineData("GET", "", 200)]
    public async Task The_small_contract_has_limits(string method, string body, int expected)
    {
        var request = new IncomingHttpRequest { Method = method, PathWithQuery = "/x", Body = new MemoryStream(Encoding.ASCII.GetBytes(body)) };

        var (response, content, _) = await RunAsync(
            LoadOwn("core_echo"), request, new WasiContext { Limits = new WasiLimits { MaxUnsentBodyBytes = 10 } });

        Assert.Equal(expected, response!.Status);
        if (expected != 200)
        {
            Assert.Equal([new("content-type", "application/problem+json")], response.Headers);
            Assert.Contains("\"instance\":\"/x\"", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_status_that_is_none_becomes_500()
    {
        var (response, _, _) = await RunAsync(LoadOwn("core_echo"), Get("/?status=99"), new WasiContext());

        Assert.Equal(500, response!.Status);
    }

    [Fact]
    public void What_cannot_be_linked_says_why()
    {
        Assert.Contains("acme:nothing/here", Assert.Throws<LinkException>(() => LoadOwn("link_unknown")).Message, StringComparison.Ordinal);
        Assert.Throws<ModuleFormatException>(() => LoadOwn("not_a_component"));
        Assert.Throws<ModuleFormatException>(() => LoadOwn("broken_off"));
        byte[] empty = [0x00, 0x61, 0x73, 0x6D, 0x0D, 0x00, 0x01, 0x00];
        var message = Assert.Throws<LinkException>(() => HttpHandler.Load(Engine, Linker, empty, "empty")).Message;
        Assert.Equal("'empty' is not a handler: it exports nothing, and not wasi:http/incoming-handler@0.2.0 or mik:core/handler@0.1.0", message);
    }

    [Fact]
    public async Task Many_runs_at_once_do_not_mix()
    {
        var handler = LoadOwn("http_echo");
        var runs = Enumerable.Range(0, 32).Select(async i =>
        {
            var text = string.Concat(Enumerable.Repeat($"{i},", 20_000));
            var request = new IncomingHttpRequest { Method = "POST", PathWithQuery = "/", Body = new MemoryStream(Encoding.ASCII.GetBytes(text)) };
            var (_, body, outcome) = await RunAsync(handler, request, new WasiContext());
            Assert.Equal(HandlerResult.Answered, outcome.Result);
            Assert.Equal(text, Encoding.ASCII.GetString(body));
        });

        await Task.WhenAll(runs);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IncomingHttpRequest Get(string path) => new() { Method = "GET", PathWithQuery = path };

    private static HttpHandler LoadOwn(string guest) => Handlers.GetOrAdd(guest, static name => new Lazy<HttpHandler>(() => HttpHandler.Load(
        Engine, Linker, File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "fixtures", "guests", "built", name + ".wasm")), name))).Value;

    private static HttpHandler Load(string component) =>
        Handlers.GetOrAdd(component, static name => new Lazy<HttpHandler>(() => HttpHandler.Load(Engine, Linker, BytesOf(name), name))).Value;

    private static byte[] BytesOf(string name)
    {
        var path = SharedData.Require($"fixtures/built/{name}.wasm");
        if (File.Exists(path))
        {
            return File.ReadAllBytes(path);
        }

        using var packed = new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static async Task<(HandlerResponse? Response, byte[] Body, HandlerOutcome Outcome)> RunAsync(
        HttpHandler handler, IncomingHttpRequest request, WasiContext context)
    {
        var run = Start(handler, request, context);
        var response = await run.ResponseStarted;
        var body = new MemoryStream();
        if (response is not null)
        {
            await response.Body.CopyToAsync(body, TestContext.Current.CancellationToken);
        }

        return (response, body.ToArray(), await run.Completed);
    }

    private static HandlerRun Start(HttpHandler handler, IncomingHttpRequest request, WasiContext context)
    {
        var run = new HandlerRun();
        new Thread(() => handler.Run(request, run, context, new StoreLimits())) { IsBackground = true }.Start();
        return run;
    }

    private static IncomingHttpRequest RequestOf(JsonElement recorded, int port)
    {
        var text = recorded.TryGetProperty("body", out var body) ? body.GetString()! : null;
        if (text is ['y', '\u00d7', .. var count])
        {
            text = new string('y', int.Parse(count));
        }

        return new IncomingHttpRequest
        {
            Method = recorded.TryGetProperty("method", out var method) ? method.GetString()! : "GET",
            PathWithQuery = recorded.GetProperty("path").GetString()!.Replace(RecordedPort, $"{port}", StringComparison.Ordinal),
            Authority = "localhost:8080",
            Headers = recorded.TryGetProperty("headers", out var headers)
                ? [.. headers.EnumerateObject().Select(header => new HttpField(header.Name, header.Value.GetString()!))]
                : [],
            Body = text is null ? null : new MemoryStream(Encoding.UTF8.GetBytes(text)),
        };
    }

    private static Task AnswerAsync(LoopbackServer.Received request, System.Net.Sockets.NetworkStream stream) =>
        LoopbackServer.SendAsync(stream, request.Target switch
        {
            "/a" => LoopbackServer.Response(201, "", ""),
            "/b" => LoopbackServer.Response(202, "", ""),
            "/slow" => LoopbackServer.Response(200, "", ""),
            "/big" => LoopbackServer.Response(200, "content-type: application/x-big\r\n", new string('z', 100_000)),
            _ => LoopbackServer.Response(203, "content-type: text/up\r\nx-up: yes\r\n", $"upstream got {request.Method} {request.Body.Length}"),
        });

    // The recording server added framing of its own.
    private static bool IsTheGuestsOwn(string header) => !header.StartsWith("transfer-encoding:", StringComparison.Ordinal);

    private static string Describe(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        return body.Length > 400 ? $"{body.Length} bytes sha256 {Convert.ToHexStringLower(SHA256.HashData(body))[..16]}" : text;
    }
}
