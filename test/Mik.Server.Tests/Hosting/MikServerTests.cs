using System.Net;
using System.Text.Json;
using Mik.Scripting;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Hosting;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Hosting;

public sealed class MikServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handler_gets_the_rest_of_the_path_with_its_query_and_the_host()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["echo"] = run => run.Answer($"{run.Request.Method} {run.Request.PathAndQuery}"),
        });

        Assert.Equal("GET /a%2Fb//c%20?x=1&y=%26", await server.GetStringAsync("/run/echo/a%2Fb//c%20?x=1&y=%26"));
    }

    [Fact]
    public async Task Every_response_carries_request_id_and_trace_and_handler_responses_their_handler()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["echo"] = run => run.Answer(string.Join('\n', run.Request.Headers.Select(field => $"{field.Name}: {field.Value}"))),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/echo/");
        request.Headers.Add("X-Request-ID", "mine-1");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal("mine-1", Assert.Single(response.Headers.GetValues("X-Request-ID")));
        Assert.Equal("echo", Assert.Single(response.Headers.GetValues("X-Mik-Handler")));
        Assert.Matches("^[0-9]+$", Assert.Single(response.Headers.GetValues("X-Mik-Duration-Ms")));
        var trace = Assert.Single(response.Headers.GetValues("traceparent"));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("b7ad6b7169203331", trace, StringComparison.Ordinal);
        var seen = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains($"traceparent: {trace}", seen, StringComparison.Ordinal);
        Assert.Contains("x-request-id: mine-1", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_answers_have_a_length_and_streamed_ones_arrive_piece_by_piece()
    {
        var goOn = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["whole"] = run => run.Answer("all of it"),
            ["stream"] = run =>
            {
                var body = run.Start();
                body.Write("one ");
                goOn.Task.Wait(run.Stop);
                body.Write("two");
                body.Complete();
                return new HandlerEnd(HandlerEndKind.Answered);
            },
        });

        using var whole = await server.GetAsync("/run/whole");
        Assert.Equal(9, whole.Content.Headers.ContentLength);

        using var response = await server.Client.GetAsync("/run/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        var buffer = new byte[16];
        var count = await stream.ReadAsync(buffer, Cancellation);
        Assert.Equal("one ", System.Text.Encoding.UTF8.GetString(buffer, 0, count));
        goOn.SetResult();
        Assert.Equal("two", await new StreamReader(stream).ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task A_head_without_body_yet_reaches_the_client()
    {
        var seen = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["slow"] = run =>
            {
                var body = run.Start(202);
                seen.Task.Wait(run.Stop);
                body.Complete();
                return new HandlerEnd(HandlerEndKind.Answered);
            },
        });

        using var response = await server.Client.GetAsync("/run/slow", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        seen.SetResult();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_body_that_ends_too_early_is_not_taken_for_whole()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["broken"] = run =>
            {
                var body = run.Start();
                body.Write(new byte[100_000]);
                Thread.Sleep(50);
                body.Abort();
                return new HandlerEnd(HandlerEndKind.Trapped);
            },
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await server.Client.GetAsync("/run/broken", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            await response.Content.ReadAsByteArrayAsync(Cancellation);
        });
    }

    [Fact]
    public async Task Request_bodies_reach_the_handler_and_too_large_ones_are_refused_declared_or_not()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>>
            {
                ["count"] = run =>
                {
                    try
                    {
                        return run.Answer(run.ReadBody().Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    }
                    catch (Exception)
                    {
                        return new HandlerEnd(HandlerEndKind.Trapped);
                    }
                },
            },
            configure: config => config with { Server = config.Server with { MaxBodySizeMb = 1 } });
        const int Max = 1 << 20;

        Assert.Equal(HttpStatusCode.OK, await Post(Max, chunked: false));
        Assert.Equal(HttpStatusCode.OK, await Post(Max, chunked: true));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Post(Max + 1, chunked: false));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Post(Max + 1, chunked: true));

        async Task<HttpStatusCode> Post(int length, bool chunked)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/run/count") { Content = new ByteArrayContent(new byte[length]) };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await server.Client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Http2_and_http1_share_the_port()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["echo"] = run => run.Answer(run.Request.PathAndQuery),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/echo/h2?q=1")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var http2 = await server.Client.SendAsync(request, Cancellation);
        using var http1 = await server.GetAsync("/run/echo/h1");

        Assert.Equal(HttpVersion.Version20, http2.Version);
        Assert.Equal("/h2?q=1", await http2.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpVersion.Version11, http1.Version);
    }

    [Fact]
    public async Task A_handler_that_ends_badly_is_a_problem_document()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["trap"] = _ => new HandlerEnd(HandlerEndKind.Trapped, "unreachable"),
            ["memory"] = _ => new HandlerEnd(HandlerEndKind.OutOfMemory),
            ["silent"] = _ => new HandlerEnd(HandlerEndKind.NoResponse),
            ["bug"] = _ => throw new InvalidOperationException("ours"),
            ["endless"] = run => run.WaitForStop(),
        },
        configure: config => config with { Server = config.Server with { ExecutionTimeoutSecs = 1 } });

        await AssertProblem(server, "/run/trap", 500, "handler-trapped", "trap");
        await AssertProblem(server, "/run/memory", 507, "handler-out-of-memory", "memory");
        await AssertProblem(server, "/run/silent", 502, "handler-no-response", "silent");
        await AssertProblem(server, "/run/bug", 500, "host-failed", "bug");
        await AssertProblem(server, "/run/endless", 504, "handler-timed-out", "endless");
        await AssertProblem(server, "/run/absent", 404, "handler-unknown", null);
        await AssertProblem(server, "/nowhere", 404, "route-unknown", null);
    }

    [Fact]
    public async Task A_script_calls_handlers_and_sees_their_failures_by_code()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>>
            {
                ["price"] = run => run.Answer($"7 {run.Request.PathAndQuery} {run.Request.RequestId}"),
                ["trap"] = _ => new HandlerEnd(HandlerEndKind.Trapped),
                ["slow"] = run => run.WaitForStop(),
            },
            new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["checkout"] = async run =>
                {
                    var answer = await run.CallAsync("price", "/of?sku=a b");
                    return TestServer.Text($"{run.Request.Path} {run.Request.Query} {System.Text.Encoding.UTF8.GetString(answer.Body.Span)}", 201);
                },
                ["codes"] = async run => TestServer.Text(string.Join(
                    ' ',
                    await CodeOf(run.CallAsync("absent")),
                    await CodeOf(run.CallAsync("trap")),
                    await CodeOf(run.CallAsync("slow", timeout: TimeSpan.FromMilliseconds(20))))),
                ["escape"] = _ => throw new ScriptException(ScriptFailure.EscapedHandlerCall, "CIRCUIT_OPEN")
                {
                    CallCode = HandlerCallCode.CircuitOpen,
                    RetryAfter = TimeSpan.FromSeconds(12.3),
                },
                ["threw"] = _ => throw new ScriptException(ScriptFailure.Threw, "secret message"),
            });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/script/checkout/more?n=1");
        request.Headers.Add("X-Request-ID", "r-1");

        using var response = await server.Client.SendAsync(request, Cancellation);
        using var escaped = await server.GetAsync("/script/escape");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/script/checkout/more n=1 7 /of?sku=a%20b r-1", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("ModuleNotFound HandlerError Timeout", await server.GetStringAsync("/script/codes"));
        Assert.Equal("13", Assert.Single(escaped.Headers.GetValues("Retry-After")));
        await AssertProblem(server, "/script/escape", 503, "call-circuit-open", null, script: "escape");
        await AssertProblem(server, "/script/absent", 404, "script-unknown", null, script: "absent");
        var problem = await AssertProblem(server, "/script/threw", 500, "script-threw", null, script: "threw");
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);

        static async Task<HandlerCallCode> CodeOf(Task<HandlerAnswer> call) =>
            (await Assert.ThrowsAsync<HandlerCallException>(() => call)).Code;
    }

    [Fact]
    public async Task Breaker_is_shared_by_clients_and_scripts()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["trap"] = _ => new HandlerEnd(HandlerEndKind.Trapped) },
            new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["caller"] = async run =>
                {
                    var failure = await Assert.ThrowsAsync<HandlerCallException>(() => run.CallAsync("trap"));
                    return TestServer.Text($"{failure.Code} {failure.RetryAfter > TimeSpan.Zero}");
                },
            });
        for (var i = 0; i < 4; i++)
        {
            await AssertProblem(server, "/run/trap", 500, "handler-trapped", "trap");
        }

        Assert.Equal("HandlerError False", await server.GetStringAsync("/script/caller"));
        await AssertProblem(server, "/run/trap", 503, "circuit-open", "trap");
        Assert.Equal("CircuitOpen True", await server.GetStringAsync("/script/caller"));
    }

    [Fact]
    public async Task Handlers_and_server_refuse_what_they_have_no_place_for()
    {
        using var enough = new SemaphoreSlim(0);
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>>
            {
                ["busy"] = run =>
                {
                    enough.Wait(run.Stop);
                    return run.Answer("done");
                },
                ["other"] = run =>
                {
                    enough.Wait(run.Stop);
                    return run.Answer("done");
                },
            },
            configure: config => config with
            {
                Server = config.Server with { MaxPerModuleRequests = 2, MaxConcurrentRequests = 3 },
            });
        var busy = new[] { server.GetStringAsync("/run/busy"), server.GetStringAsync("/run/busy") };
        await InFlightAsync(server, 2);

        using var saturated = await server.GetAsync("/run/busy");
        var other = server.GetStringAsync("/run/other");
        await InFlightAsync(server, 3);
        using var full = await server.GetAsync("/run/other");
        enough.Release(3);

        Assert.Equal(HttpStatusCode.TooManyRequests, saturated.StatusCode);
        Assert.Equal("1", Assert.Single(saturated.Headers.GetValues("Retry-After")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.All(await Task.WhenAll([.. busy, other]), text => Assert.Equal("done", text));
    }

    [Fact]
    public async Task A_client_that_leaves_stops_its_handler()
    {
        var (begun, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["endless"] = run =>
            {
                begun.SetResult();
                var end = run.WaitForStop();
                left.SetResult();
                return end;
            },
        });
        using var leaving = new CancellationTokenSource();
        var request = server.Client.GetAsync("/run/endless", leaving.Token);

        // A request that is given up earlier never reaches its handler.
        await begun.Task.WaitAsync(Cancellation);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await left.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Shutdown_refuses_new_requests_and_waits_for_those_in_flight()
    {
        var finish = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["slow"] = run =>
            {
                finish.Task.Wait(run.Stop);
                return run.Answer("finished");
            },
        });
        var request = server.GetStringAsync("/run/slow");
        await InFlightAsync(server, 1);

        var stopped = server.Server.StopAsync(Cancellation);
        using var ready = await server.GetAsync("/health/ready");
        await AssertProblem(server, "/run/slow", 503, "draining", "slow");
        using var live = await server.GetAsync("/health/live");
        finish.SetResult();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal("finished", await request);
        await stopped.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_head_request_gets_the_head_alone()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["echo"] = run => run.Answer("text", 200, new Mik.Wasi.Http.HttpField("content-length", "4")),
        });
        using var request = new HttpRequestMessage(HttpMethod.Head, "/run/echo");

        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal(4, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Header_values_keep_their_bytes()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["headers"] = run => run.Answer(
                "",
                200,
                new("set-cookie", "a=1"),
                new("set-cookie", "b=2"),
                new("x-bytes", "caf\u00e9"),
                new("connection", "close"),
                new("X-Request-ID", "forged")),
        });

        using var response = await server.GetAsync("/run/headers");

        Assert.Equal(["a=1", "b=2"], response.Headers.GetValues("set-cookie"));
        Assert.False(response.Headers.ConnectionClose ?? false);
        Assert.NotEqual("forged", Assert.Single(response.Headers.GetValues("X-Request-ID")));
    }

    [Fact]
    public async Task Shutdown_cuts_off_what_does_not_end_in_time()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["endless"] = run => run.WaitForStop() });
        var request = server.GetAsync("/run/endless");
        await InFlightAsync(server, 1);

        await server.Server.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Cancellation);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
    }

    [Fact]
    public async Task Two_files_for_one_script_stop_the_start()
    {
        var directory = Directory.CreateTempSubdirectory("mik-server-tests");
        Directory.CreateDirectory(Path.Combine(directory.FullName, "scripts"));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "scripts", "a.ts"), "", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "scripts", "a.js"), "", Cancellation);
        var config = new MikConfig { Directory = directory.FullName, Server = new ServerConfig { Port = 0 } };

        var failure = await Assert.ThrowsAsync<MikStartException>(() => MikServer.StartAsync(config, new MikServerOptions(), Cancellation));

        Assert.Contains("a.ts, a.js", failure.Message, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_its_number()
    {
        await using var first = await TestServer.StartAsync();
        var port = new Uri(first.Server.Url).Port;

        var failure = await Assert.ThrowsAsync<MikStartException>(() => TestServer.StartAsync(
            configure: config => config with { Server = config.Server with { Port = port } }));

        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
    }

    private static async Task InFlightAsync(TestServer server, int count)
    {
        while (true)
        {
            using var health = JsonDocument.Parse(await server.GetStringAsync("/health"));
            if (health.RootElement.GetProperty("in_flight").GetInt32() >= count)
            {
                return;
            }

            await Task.Delay(5, Cancellation);
        }
    }

    private static async Task<string> AssertProblem(
        TestServer server, string path, int status, string slug, string? handler, string? script = null)
    {
        using var response = await server.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        using var problem = JsonDocument.Parse(text);
        var root = problem.RootElement;
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("urn:mik:error:" + slug, root.GetProperty("type").GetString());
        Assert.Equal(status, root.GetProperty("status").GetInt32());
        Assert.Equal(Assert.Single(response.Headers.GetValues("X-Request-ID")), root.GetProperty("instance").GetString());
        Assert.Equal(handler, root.TryGetProperty("handler", out var named) ? named.GetString() : null);
        Assert.Equal(script, root.TryGetProperty("script", out var scripted) ? scripted.GetString() : null);
        return text;
    }
}
