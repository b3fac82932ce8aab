using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mik.Cli.Systemd;

/// <summary>
/// Tells the service manager how the program is, by the protocol of <c>sd_notify</c>: ready, stopping, and still alive as often as it wants to
/// hear of it. Where nobody listens it does nothing, and no failure to tell is one of the program. Thread-safe.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly string? _socket;
    private readonly ITimer? _watchdog;

    /// <summary>Reads what the service manager has put into the environment.</summary>
    /// <param name="variable">An environment variable's value.</param>
    /// <param name="processId">This process.</param>
    /// <param name="time">The watchdog's clock.</param>
    public ServiceNotifier(Func<string, string?> variable, int processId, TimeProvider time)
    {
        _socket = variable("NOTIFY_SOCKET") is ['/' or '@', _, ..] socket ? socket : null;
        if (_socket is not null && Period(variable, processId) is { } period)
        {
            // Half the time there is, as the protocol recommends. The timer runs where requests run: if they get no turn, neither does it.
            _watchdog = time.CreateTimer(static notifier => ((ServiceNotifier)notifier!).Send("WATCHDOG=1"), this, period / 2, period / 2);
        }
    }

    public static ServiceNotifier OfProcess() => new(Environment.GetEnvironmentVariable, Environment.ProcessId, TimeProvider.System);

    /// <summary>Requests are served.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The last requests are being served.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Waiting for requests in flight");

    public void Dispose() => _watchdog?.Dispose();

    private static TimeSpan? Period(Func<string, string?> variable, int processId)
    {
        var isForUs = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        return isForUs && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            // A manager that does not read must not hold up the program.
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(_socket[0] == '@' ? '\0' + _socket[1..] : _socket));
            socket.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (Exception unheard) when (unheard is SocketException or PlatformNotSupportedException or ArgumentException)
        {
            // Whoever started the program may have gone.
        }
    }
}
