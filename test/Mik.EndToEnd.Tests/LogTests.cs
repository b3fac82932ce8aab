using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What a running server logs, to a program and to a person.</summary>
public sealed class LogTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_an_entry_with_its_calls()
    {
        using var project = Shop();
        await using var server = await MikProcess.StartAsync(project.Directory);

        await SendAsync(server, "/script/greet?secret=1");

        var entry = (await EntriesAsync(server, 1201)).Single(static e => e.GetProperty("request_id").GetString() == "r-1");
        Assert.Equal("info", entry.GetProperty("level").GetString());
        Assert.Equal("Mik.Requests", entry.GetProperty("category").GetString());
        Assert.Equal("GET", entry.GetProperty("method").GetString());
        Assert.Equal("/script/greet", entry.GetProperty("path").GetString());
        Assert.Equal("script", entry.GetProperty("route").GetString());
        Assert.Equal("greet", entry.GetProperty("name").GetString());
        Assert.Equal(200, entry.GetProperty("status").GetInt32());
        Assert.True(entry.GetProperty("duration_ms").GetDouble() > 0);
        Assert.Equal(3, entry.GetProperty("bytes").GetInt32());
        Assert.Equal(TraceId, entry.GetProperty("trace_id").GetString());
        var calls = entry.GetProperty("calls").EnumerateArray().ToList();
        Assert.Equal(["http_echo", "nobody"], calls.Select(static call => call.GetProperty("handler").GetString()));
        Assert.Equal(200, calls[0].GetProperty("status").GetInt32());
        Assert.Equal("MODULE_NOT_FOUND", calls[1].GetProperty("code").GetString());
        Assert.True(calls[0].GetProperty("duration_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task What_guests_and_clients_write_cannot_leave_its_entry()
    {
        using var project = Shop();
        await using var server = await MikProcess.StartAsync(project.Directory);

        await SendAsync(server, "/script/forge");
        await SendAsync(server, "/run/nobody/%0A%22,%22level%22:%22error");
        await SendAsync(server, "/script/forge");
        await server.WaitForLogAsync("/script/forge");

        Assert.Equal(0, await server.StopAsync());
        var lines = server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line =>
        {
            Assert.All(line, static c => Assert.InRange(c, ' ', '~'));
            using var entry = JsonDocument.Parse(line);
            Assert.NotEqual("error", entry.RootElement.GetProperty("level").GetString());
        });
        Assert.InRange(lines.Max(static line => line.Length), 1, 64 * 1024);
    }

    [Fact]
    public async Task As_text_an_entry_is_a_line()
    {
        using var project = Shop();
        await using var server = await MikProcess.StartAsync(project.Directory, "--log-format", "text");

        await SendAsync(server, "/script/greet");
        await SendAsync(server, "/script/forge");
        await server.WaitForLogAsync("/script/forge answered");

        Assert.Matches(
            @"(?m)^[0-9:.]{12} GET /script/greet answered 200 in [0-9.]+ ms, 3 bytes, called http_echo \(200, [0-9.]+ ms\) nobody \(MODULE_NOT_FOUND, [0-9.]+ ms\) \(r-1\)$",
            server.Log);
        Assert.DoesNotMatch("(?m)^forged", server.Log);
        Assert.DoesNotContain('\u001b', server.Log);
    }

    private static async Task SendAsync(MikProcess server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Request-ID", "r-1");
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var response = await server.Client.SendAsync(request, Cancellation);
    }

    private static async Task<List<JsonElement>> EntriesAsync(MikProcess server, int id)
    {
        await server.WaitForLogAsync($"\"event\":{id}");
        return
        [
            .. server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => JsonDocument.Parse(line).RootElement.Clone())
                .Where(entry => entry.GetProperty("event").GetInt32() == id),
        ];
    }

    private static TemporaryProject Shop() => new TemporaryProject()
        .AddHandler("http_echo")
        .Write("scripts/greet.ts", """
            import { script, ok } from 'mik-sdk';
            export default script(async (req, host) => {
              const { status } = await host.call('http_echo');
              try { await host.call('nobody'); } catch {}
              return ok(status);
            });
            """)
        .Write("scripts/forge.ts", """
            import { script, ok } from 'mik-sdk';
            export default script(async (req, host) => {
              console.log('one\nforged line \u001b[2J \u2028 \u202e {"level":"error"}');
              console.log('x'.repeat(100000));
              try { await host.call('no\nbody\u001b'); } catch {}
              return ok(1);
            });
            """);
}
