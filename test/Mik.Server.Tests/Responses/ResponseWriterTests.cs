using System.Net;
using System.Text;
using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Responses;

public sealed class ResponseWriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_or_less_than_the_declared_length_is_a_broken_answer()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["more"] = run => run.Answer("12345", 200, new HttpField("content-length", "4")),
            ["less"] = run => run.Answer("123", 200, new HttpField("content-length", "4")),
        });

        using var more = await server.GetAsync("/run/more");

        Assert.Equal(HttpStatusCode.BadGateway, more.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetAsync("/run/less"));
    }

    [Theory]
    [InlineData("content-length", "many")]
    [InlineData("content-length", "-1")]
    [InlineData("bad name", "x")]
    [InlineData("x-split", "a\r\nset-cookie: b")]
    public async Task A_head_that_cannot_be_sent_is_a_problem(string name, string value)
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["bad"] = run => run.Answer("text", 200, new HttpField(name, value)) },
            new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["bad"] = _ => Task.FromResult(new ScriptAnswer(200, [new ScriptHeader(name, value)], default)),
            });

        using var handler = await server.GetAsync("/run/bad");
        using var script = await server.GetAsync("/script/bad");

        Assert.Equal(HttpStatusCode.BadGateway, handler.StatusCode);
        Assert.Contains("handler-response-invalid", await handler.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, script.StatusCode);
        Assert.Contains("script-answer-invalid", await script.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public async Task Statuses_without_body_are_sent_without_one(int status)
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["bare"] = run => run.Answer("ignored", status) },
            new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["bare"] = _ => Task.FromResult(new ScriptAnswer(status, [], Encoding.UTF8.GetBytes("ignored"))),
            });

        using var handler = await server.GetAsync("/run/bare");
        using var script = await server.GetAsync("/script/bare");
        using var again = await server.GetAsync("/run/bare");

        Assert.All([handler, script, again], response => Assert.Equal(status, (int)response.StatusCode));
        Assert.Empty(await handler.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Empty(await script.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Only_final_statuses_are_answers()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["interim"] = run => run.Answer("", 103),
            ["odd"] = run => run.Answer("", 799),
        });

        using var interim = await server.GetAsync("/run/interim");
        using var odd = await server.GetAsync("/run/odd");

        Assert.Equal(HttpStatusCode.BadGateway, interim.StatusCode);
        Assert.Equal(799, (int)odd.StatusCode);
    }

    [Fact]
    public async Task A_script_s_answer_to_head_has_its_length_but_not_its_body()
    {
        await using var server = await TestServer.StartAsync(
            scripts: new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["text"] = _ => Task.FromResult(TestServer.Text("four")),
            });
        using var request = new HttpRequestMessage(HttpMethod.Head, "/script/text");

        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal(4, response.Content.Headers.ContentLength);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Text_beyond_latin_1_travels_as_utf_8()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["caf\u00e9"] = run => run.Answer("") },
            new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
            {
                ["euro"] = _ => Task.FromResult(new ScriptAnswer(200, [new ScriptHeader("x-sign", "\u20ac")], default)),
            });

        using var handler = await server.GetAsync("/run/caf%C3%A9/");
        using var script = await server.GetAsync("/script/euro");

        Assert.Equal("caf%C3%A9", Assert.Single(handler.Headers.GetValues("X-Mik-Handler")));
        Assert.Equal("\u20ac", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Assert.Single(script.Headers.GetValues("x-sign")))));
    }
}
