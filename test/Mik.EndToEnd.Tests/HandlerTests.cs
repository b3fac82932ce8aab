using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What passes between a client and a handler.</summary>
public sealed class HandlerTests(HostileProject project) : IClassFixture<HostileProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => project.Server.Client;

    [Fact]
    public async Task Query_and_percent_encoding_reach_the_handler_untouched()
    {
        using var answer = await Client.GetAsync("/run/http_echo/a%20b/c?d=%2F&e", Cancellation);

        Assert.Equal("/a%20b/c?d=%2F&e", Assert.Single(answer.Headers.GetValues("x-echo-path")));
    }

    [Fact]
    public async Task Strings_may_be_Latin_1_or_UTF_16()
    {
        using var answer = await Client.PostAsync("/run/http_latin1/a%20b?c", new StringContent("body"), Cancellation);

        Assert.Equal("/a%20b?c", Assert.Single(answer.Headers.GetValues("x-narrow")));
        Assert.Equal("/a%20b?c", Assert.Single(answer.Headers.GetValues("x-wide")));
        Assert.Equal("body", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Body_streams_through_unchanged()
    {
        var sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);

        using var answer = await Client.PostAsync("/run/http_echo/", new ByteArrayContent(sent), Cancellation);

        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
