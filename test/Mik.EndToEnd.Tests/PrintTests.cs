using System.Text;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What handlers print arrives as lines of the log, whatever they print.</summary>
public sealed class PrintTests(PrintingProject project) : IClassFixture<PrintingProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MikProcess Server => project.Server;

    [Theory]
    [InlineData("")]
    [InlineData("?error=1")]
    [InlineData("?trap=1")]
    public async Task Lines_carry_the_handler_and_the_request(string query)
    {
        var id = await PrintAsync(query, "first\nsecond without an end"u8.ToArray());

        await WaitForAsync($"http_print: first ({id})");
        await WaitForAsync($"http_print: second without an end ({id})");
    }

    [Fact]
    public async Task Nothing_printed_forges_a_line_or_harms_a_terminal()
    {
        var id = await PrintAsync("", [.. "a\r\nb\u001b[31m\0\r"u8, 0xFF, 0xC3, .. "\u2028é\u202e\n"u8]);

        await WaitForAsync($"http_print: a ({id})");
        await WaitForAsync($@"http_print: b\x1b[31m\x00\x0d\xff\xc3\xe2\x80\xa8é\xe2\x80\xae ({id})");
    }

    [Fact]
    public async Task An_endless_line_is_cut()
    {
        var id = await PrintAsync("", Encoding.ASCII.GetBytes(new string('x', 100_000) + "\n"));

        await WaitForAsync($"xxx […91808 bytes more] ({id})");
    }

    [Fact]
    public async Task A_flood_is_cut_off_with_a_note()
    {
        var id = await PrintAsync("", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('y', 999) + "\n", 3000))));

        await WaitForAsync($"is discarded: more than 1048576 characters] ({id})");
        Assert.InRange(Messages().Count(line => line.StartsWith("http_print: yyy", StringComparison.Ordinal)), 1000, 1049);
    }

    // The log is lines of JSON; a line that is still being written is not whole yet.
    private List<string> Messages()
    {
        var log = Server.Log;
        return [.. log[..(log.LastIndexOf('\n') + 1)].Split('\n').Where(static line => line.StartsWith('{'))
            .Select(static line => JsonElement.Parse(line).GetProperty("message").GetString()!)];
    }

    private Task WaitForAsync(string end) => Server.WaitUntilAsync(
        () => Task.FromResult(Messages().Exists(message => message.EndsWith(end, StringComparison.Ordinal))), $"nothing ends with '{end}'");

    private async Task<string> PrintAsync(string query, byte[] bytes)
    {
        using var answer = await Server.Client.PostAsync($"/run/http_print/{query}", new ByteArrayContent(bytes), Cancellation);
        return Assert.Single(answer.Headers.GetValues("X-Request-ID"));
    }
}
