using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>A stop loses nobody, and whoever manages the process hears of it.</summary>
public sealed class ShutdownTests
{
    // bench/soak makes twenty.
    private const int Tries = 3;
    private const int InFlight = 24;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_inside_when_the_signal_comes_is_answered()
    {
        using var project = new TemporaryProject().AddHandler("http_sleep");
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            await using var server = await MikProcess.StartAsync(project.Directory);
            var answers = Enumerable.Range(0, InFlight).Select(_ => server.Client.GetAsync("/run/http_sleep/?ms=1000", Cancellation)).ToList();
            await server.WaitUntilAsync(async () => await InFlightAsync(server) == InFlight, "not all requests are in flight");

            await server.SignalAsync("TERM");

            foreach (var answer in await Task.WhenAll(answers))
            {
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                answer.Dispose();
            }

            Assert.Equal(0, await server.WaitForExitAsync());
        }
    }

    [Fact]
    public async Task Probes_and_newcomers_are_told_while_the_last_request_is_served()
    {
        using var project = new TemporaryProject().AddHandler("http_echo");
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var last = await HalfSentRequest.StartAsync(server.Address);
        using (await server.Client.GetAsync("/health/ready", Cancellation))
        {
        }

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync("Shutting down");

        using var probe = await server.Client.GetAsync("/health/ready", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, probe.StatusCode);
        using var refused = await server.Client.GetAsync("/run/http_echo/", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.True(refused.Headers.ConnectionClose);
        Assert.EndsWith("cd", await last.FinishAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Idle_connections_do_not_keep_it()
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write("mik.toml", "[server]\nshutdown_timeout_secs = 3600\n[http]\nkeep_alive_secs = 3600\n");
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var idle = new TcpClient();
        await idle.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await idle.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);
        await idle.GetStream().ReadExactlyAsync(new byte[1], Cancellation);

        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Requests_that_take_too_long_are_cut_off_when_the_time_is_up()
    {
        using var project = new TemporaryProject().AddHandler("http_echo").Write("mik.toml", "[server]\nshutdown_timeout_secs = 1\nexecution_timeout_secs = 300\n");
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var request = await HalfSentRequest.StartAsync(server.Address);

        Assert.Equal(0, await server.StopAsync());
        Assert.Contains("Shutdown time is up: 1 requests are cut off", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_manager_hears_that_it_is_ready_and_that_it_stops()
    {
        using var project = new TemporaryProject().AddHandler("http_hello");
        var path = Path.Combine(project.Directory, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        await using var server = await MikProcess.StartAsync(project.Directory, [], [new("NOTIFY_SOCKET", path)]);

        Assert.Equal(0, await server.StopAsync());

        var messages = new StringBuilder();
        while (manager.Available > 0)
        {
            var buffer = new byte[1024];
            messages.Append(Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer))).Append('\n');
        }

        Assert.Matches("(?s)READY=1\nSTATUS=Listening on http.*STOPPING=1\n", messages.ToString());
    }

    [Fact]
    public async Task A_socket_that_a_service_manager_has_opened_is_served()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs Perl");
        using var project = new TemporaryProject().AddHandler("http_hello");
        await using var server = await MikProcess.StartActivatedAsync(project.Directory);

        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task<int> InFlightAsync(MikProcess server) =>
        JsonElement.Parse(await server.Client.GetStringAsync("/health", Cancellation)).GetProperty("in_flight").GetInt32();
}
