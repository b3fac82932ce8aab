using System.Net.Sockets;
using System.Text;
using Mik.Cli.Systemd;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Mik.Cli.Tests.Systemd;

public sealed class ServiceNotifierTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mik-notify-{Guid.NewGuid():N}");
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly FakeTimeProvider _time = new();

    public ServiceNotifierTests()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_path));
        _manager.ReceiveTimeout = 60_000;
    }

    public void Dispose()
    {
        _manager.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void The_manager_hears_of_start_and_stop()
    {
        using var notifier = Create();

        notifier.Ready("Listening");
        notifier.Stopping();

        Assert.Equal("READY=1\nSTATUS=Listening", Receive());
        Assert.StartsWith("STOPPING=1\n", Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_watchdog_hears_twice_in_its_time()
    {
        using var notifier = Create(("WATCHDOG_USEC", "4000000"), ("WATCHDOG_PID", "7"));

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("WATCHDOG=1", Receive());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("WATCHDOG=1", Receive());
    }

    [Fact]
    public void Another_process_s_watchdog_is_not_ours()
    {
        using var notifier = Create(("WATCHDOG_USEC", "4000000"), ("WATCHDOG_PID", "8"));

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, _manager.Available);
    }

    [Fact]
    public void A_manager_that_does_not_read_holds_up_nobody()
    {
        using var notifier = Create();

        for (var i = 0; i < 10_000; i++)
        {
            notifier.Ready("Listening");
        }

        Assert.StartsWith("READY=1\n", Receive(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("/nowhere/at/all")]
    public void Where_nobody_listens_nothing_happens(string? socket)
    {
        using var notifier = new ServiceNotifier(name => name == "NOTIFY_SOCKET" ? socket : null, 7, _time);

        notifier.Ready("Listening");
        notifier.Stopping();
    }

    private ServiceNotifier Create(params (string Name, string Value)[] variables) => new(
        name => name == "NOTIFY_SOCKET" ? _path : variables.FirstOrDefault(variable => variable.Name == name).Value, processId: 7, _time);

    private string Receive()
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
    }
}
