using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Pipeline;

public sealed class RequestPipelineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Too_many_or_too_large_headers_are_a_problem()
    {
        await using var server = await TestServer.StartAsync();
        using var many = new HttpRequestMessage(HttpMethod.Get, "/health");
        for (var i = 0; i < 100; i++)
        {
            many.Headers.Add($"x-{i}", "1");
        }

        using var large = new HttpRequestMessage(HttpMethod.Get, "/health");
        large.Headers.Add("x-large", new string('a', 33_000));

        using var tooMany = await server.Client.SendAsync(many, Cancellation);
        using var tooLarge = await server.Client.SendAsync(large, Cancellation);

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, tooMany.StatusCode);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, tooLarge.StatusCode);
        Assert.Equal("application/problem+json", tooLarge.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_long_path_is_a_problem()
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.GetAsync("/run/" + new string('a', 5000));

        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_script_gets_the_whole_request()
    {
        await using var server = await TestServer.StartAsync(scripts: new Dictionary<string, Func<FakeScriptRun, Task<Scripting.ScriptAnswer>>>
        {
            ["show"] = run => Task.FromResult(TestServer.Text(string.Join(
                ' ',
                run.Request.Method,
                run.Request.Path,
                run.Request.Query,
                run.Request.Headers.Single(header => header.Name == "x-name").Value,
                Encoding.UTF8.GetString(run.Request.Body.Span)))),
        });
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/script/show/a%20b?q=1&q=2") { Content = new StringContent("body") };
        request.Headers.Add("x-name", "value");

        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal("PATCH /script/show/a%20b q=1&q=2 value body", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_script_s_body_has_the_same_limit(bool chunked)
    {
        await using var server = await TestServer.StartAsync(
            scripts: new Dictionary<string, Func<FakeScriptRun, Task<Scripting.ScriptAnswer>>>
            {
                ["count"] = run => Task.FromResult(TestServer.Text(run.Request.Body.Length.ToString(CultureInfo.InvariantCulture))),
            },
            configure: config => config with { Server = config.Server with { MaxBodySizeMb = 1 } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/script/count") { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_malformed_body_is_the_client_s_fault()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["read"] = run =>
            {
                try
                {
                    run.ReadBody();
                    return run.Answer("");
                }
                catch (Exception)
                {
                    return new HandlerEnd(HandlerEndKind.Trapped);
                }
            },
        });
        using var connection = await RawConnection.OpenAsync(server.Server.Url);

        await connection.SendAsync("POST /run/read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnot-a-length\r\n");

        var answer = await connection.ReadUntilAsync("}");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("request-malformed", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_are_logged_with_their_cause_and_shown_to_developers_only()
    {
        using var log = new RecordingLoggerFactory();
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["trap"] = _ => new HandlerEnd(HandlerEndKind.Trapped, "unreachable at f3") },
            options: options => options with { LoggerFactory = log, Development = true });

        using var problem = JsonDocument.Parse(await (await server.GetAsync("/run/trap/x")).Content.ReadAsStringAsync(Cancellation));

        Assert.Equal("unreachable at f3", problem.RootElement.GetProperty("diagnosis").GetString());
        var id = problem.RootElement.GetProperty("instance").GetString()!;
        await log.WaitForAsync(line =>
            line.StartsWith("Warning: GET /run/trap/x failed with 500 handler-trapped: trap ", StringComparison.Ordinal)
            && line.Contains("unreachable at f3", StringComparison.Ordinal)
            && line.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guest_that_works_on_after_its_answer_may_finish()
    {
        var answered = new TaskCompletionSource();
        var finished = new TaskCompletionSource<bool>();
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["after"] = run =>
            {
                run.Answer("early");
                answered.Task.Wait(CancellationToken.None);
                finished.SetResult(!run.Stop.IsCancellationRequested);
                return new HandlerEnd(HandlerEndKind.Answered);
            },
        });

        using (var connection = await RawConnection.OpenAsync(server.Server.Url))
        {
            await connection.SendAsync("GET /run/after HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.Contains("early", await connection.ReadUntilAsync("early"), StringComparison.Ordinal);
        }

        answered.SetResult();

        Assert.True(await finished.Task.WaitAsync(Cancellation));
    }
}
