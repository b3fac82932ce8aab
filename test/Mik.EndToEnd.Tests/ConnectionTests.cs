using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Connections that come faster than they are accepted.</summary>
public sealed class ConnectionTests
{
    private const int Connections = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// While the process stands still nobody accepts: what is connected then waits in the system's queue. What does not fit in there is dropped, and
    /// its client tries again after a second at the earliest, which it would do in vain here.
    /// </summary>
    [Fact]
    public async Task A_thousand_connections_wait_to_be_accepted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells how long its queue may be.");
        var longest = int.Parse(await File.ReadAllTextAsync("/proc/sys/net/core/somaxconn", Cancellation), CultureInfo.InvariantCulture);
        Assert.SkipUnless(longest >= Connections, $"The system lets no more than {longest} connections wait (net.core.somaxconn).");
        using var project = new TemporaryProject();
        await using var server = await MikProcess.StartAsync(project.Directory);
        var address = new IPEndPoint(IPAddress.Loopback, server.Address.Port);
        var sockets = Enumerable.Range(0, Connections).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
        try
        {
            await server.SignalAsync("STOP");
            try
            {
                await Task.WhenAll(sockets.Select(socket => socket.ConnectAsync(address, Cancellation).AsTask())).WaitAsync(MikProcess.Patience, Cancellation);
            }
            finally
            {
                await server.SignalAsync("CONT");
            }

            var answers = await Task.WhenAll(sockets.Select(HealthAsync)).WaitAsync(MikProcess.Patience, Cancellation);
            Assert.All(answers, static answer => Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal));
        }
        finally
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }

        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task<string> HealthAsync(Socket socket)
    {
        await socket.SendAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
