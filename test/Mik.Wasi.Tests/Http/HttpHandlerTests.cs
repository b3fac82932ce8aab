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

    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            if (!SharedData.IsPresent)
            {
                data.Add("(absent)", 0);
                return data;
            }

            using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures/expected.json")));
            foreach (var component in expected.RootElement.EnumerateObject())
            {
                for (var i = 0; i < component.Value.GetProperty("cases").GetArrayLength(); i++)
                {
                    data.Add(component.Name, i);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_case_of_expected_json(string component, int index)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures/expected.json")));
        var recorded = expected.RootElement.GetProperty(component).GetProperty("cases")[index];
        await using var upstream = new LoopbackServer(AnswerAsync);
        using var http = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));
        var log = new RecordingLog();

        var (response, body, outcome) = await RunAsync(
            Load(component),
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

    private static HttpHandler Load(string component) => Handlers.GetOrAdd(component, static name => new Lazy<HttpHandler>(() =>
    {
        var path = SharedData.Require($"fixtures/built/{name}.wasm");
        byte[] bytes;
        if (File.Exists(path))
        {
            bytes = File.ReadAllBytes(path);
        }
        else
        {
            using var packed = new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            bytes = unpacked.ToArray();
        }

        return HttpHandler.Load(Engine, Linker, bytes, name);
    })).Value;

    private static async Task<(HandlerResponse? Response, byte[] Body, HandlerOutcome Outcome)> RunAsync(
        HttpHandler handler, IncomingHttpRequest request, WasiContext context)
    {
        var run = new HandlerRun();
        var thread = new Thread(() => handler.Run(request, run, context)) { IsBackground = true };
        thread.Start();
        var response = await run.ResponseStarted;
        var body = new MemoryStream();
        if (response is not null)
        {
            await response.Body.CopyToAsync(body, TestContext.Current.CancellationToken);
        }

        return (response, body.ToArray(), await run.Completed);
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
