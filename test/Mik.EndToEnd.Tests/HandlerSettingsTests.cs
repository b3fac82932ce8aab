using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What a handler has otherwise than the others, by its section in <c>mik.toml</c>.</summary>
public sealed class HandlerSettingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_limit_and_retries_hold_for_the_handler_that_has_them()
    {
        using var project = new TemporaryProject().AddHandler("http_sleep").AddHandler("http_status").Write("mik.toml", """
            [handlers.http_sleep]
            max_concurrent_requests = 1
            [handlers.http_status]
            retries = 2
            retry_backoff_ms = 1
            """);
        await using var server = await MikProcess.StartAsync(project.Directory);

        var sleeping = Enumerable.Range(0, 2).Select(_ => server.Client.GetAsync("/run/http_sleep/?ms=1500", Cancellation)).ToList();
        var answers = await Task.WhenAll(sleeping);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Select(static answer => answer.StatusCode).Order());
        Assert.NotNull(answers.Single(static answer => answer.StatusCode == HttpStatusCode.TooManyRequests).Headers.RetryAfter);

        using var failed = await server.Client.GetAsync("/run/http_status/?code=503", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        await server.WaitForLogAsync("Handler http_status answered 503; attempt 2 is followed by another");
        using var posted = await server.Client.PostAsync("/run/http_status/?code=502", new StringContent("once"), Cancellation);
        Assert.Equal(HttpStatusCode.BadGateway, posted.StatusCode);
        Assert.DoesNotContain("answered 502; attempt", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_memory_limit_holds_for_the_handler_that_has_it_and_changes_with_its_section()
    {
        const string Small = "[handlers.small]\nmemory_limit_mb = 2\n";
        using var project = new TemporaryProject().AddHandler("core_echo", "small").AddHandler("core_echo", "large").Write("mik.toml", Small);
        await using var server = await MikProcess.StartAsync(project.Directory);

        // Each keeps the whole body in its memory.
        Assert.Equal((507, "handler-out-of-memory"), await PostAsync(server.Client, "small", mebibytes: 3));
        Assert.Equal((200, null), await PostAsync(server.Client, "small", mebibytes: 0));
        Assert.Equal((200, null), await PostAsync(server.Client, "large", mebibytes: 3));

        project.Write("mik.toml", Small.Replace("small", "large", StringComparison.Ordinal));
        await server.WaitForLogAsync("The configuration was loaded again");
        Assert.Equal((200, null), await PostAsync(server.Client, "small", mebibytes: 3));
        Assert.Equal((507, "handler-out-of-memory"), await PostAsync(server.Client, "large", mebibytes: 3));
    }

    private static async Task<(int Status, string? Problem)> PostAsync(HttpClient client, string handler, int mebibytes)
    {
        using var answer = await client.PostAsync($"/run/{handler}/", new ByteArrayContent(new byte[mebibytes << 20]), Cancellation);
        JsonElement? problem = answer.IsSuccessStatusCode ? null : JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return ((int)answer.StatusCode, problem?.GetProperty("type").GetString()?.Split(':')[^1]);
    }
}
