using System.Net;
using System.Text.Json;
using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Endpoints;

public sealed class BuiltInEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_counts_what_there_is()
    {
        await using var server = await TestServer.StartAsync(Handlers);

        using var health = JsonDocument.Parse(await server.GetStringAsync("/health"));

        Assert.Equal("ready", health.RootElement.GetProperty("status").GetString());
        Assert.Equal(1, health.RootElement.GetProperty("handlers").GetInt32());
        Assert.Equal(0, health.RootElement.GetProperty("broken_handlers").GetInt32());
        Assert.Equal(0, health.RootElement.GetProperty("scripts").GetInt32());
        Assert.Equal(0, health.RootElement.GetProperty("broken_scripts").GetInt32());
        Assert.Equal("""{"status":"live"}""", await server.GetStringAsync("/health/live"));
        Assert.Equal("""{"status":"ready"}""", await server.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task Lists_name_handlers_and_scripts()
    {
        await using var server = await TestServer.StartAsync(Handlers, new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
        {
            ["checkout"] = _ => Task.FromResult(TestServer.Text("")),
        });

        Assert.Equal(
            """{"handlers":[{"name":"echo","path":"/run/echo/","status":"ready","circuit":"closed","in_flight":0}]}""",
            await server.GetStringAsync("/_mik/handlers"));
        Assert.Equal(
            """{"scripts":[{"name":"checkout","path":"/script/checkout","file":"checkout.ts","status":"ready"}]}""",
            await server.GetStringAsync("/_mik/scripts"));
    }

    [Fact]
    public async Task Other_methods_are_refused_with_the_ones_that_work()
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.Client.PostAsync("/health", null, Cancellation);
        using var headRequest = new HttpRequestMessage(HttpMethod.Head, "/health");
        using var head = await server.Client.SendAsync(headRequest, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 0);
    }

    [Fact]
    public async Task What_is_broken_is_listed_as_such_with_the_reason_under_development()
    {
        await using var server = await TestServer.StartAsync(Handlers, options: options => options with
        {
            Development = true,
            LoadHandler = (_, _) => throw new InvalidDataException("not a component"),
        });

        Assert.Equal(
            """{"handlers":[{"name":"echo","path":"/run/echo/","status":"broken","error":"not a component","circuit":"closed","in_flight":0}]}""",
            await server.GetStringAsync("/_mik/handlers"));
        Assert.Equal(["handler echo: not a component"], server.Server.Broken);
        using var response = await server.GetAsync("/run/echo");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("not a component", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static Dictionary<string, Func<FakeRun, HandlerEnd>> Handlers => new() { ["echo"] = run => run.Answer("") };
}
