using System.Net;
using System.Security.Cryptography;
using Mik.Wasi.Cli;
using Mik.Wasi.Filesystem;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasi.Io;
using Mik.Wasi.Sockets;

namespace Mik.Wasi;

/// <summary>
/// What one instance is given, and what it holds of the host: the state of <c>ComponentPre.Instantiate</c>. Belongs to one
/// instance, and to the thread that runs it; only what it hands out (streams' other ends) is used by other threads.
/// </summary>
public sealed class WasiContext : IDisposable
{
    private static readonly RandomNumberGenerator SystemRandomness = RandomNumberGenerator.Create();

    private CancellationTokenSource? _lifetime; // once something runs beside the guest
    private LogLines? _stdout;
    private LogLines? _stderr;

    /// <summary>Name and value of each environment variable. Comes from configuration alone; nothing is inherited.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Command-line arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The directories it sees; none by default.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    /// <summary>Whom it may contact with sockets of its own; nobody by default.</summary>
    public SocketPolicy Sockets { get; init; } = SocketPolicy.None;

    /// <summary>Where printed lines go; <see langword="null"/> discards them.</summary>
    public IGuestLog? Log { get; init; }

    /// <summary>Source of both clocks, and of every timer and timeout.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Source of all randomness, also of what WASI calls insecure.</summary>
    public RandomNumberGenerator Randomness { get; init; } = SystemRandomness;

    /// <summary>Ends every wait of the guest, as a trap. Interrupting the code itself is the store's business.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Is told when the guest's thread sleeps.</summary>
    public IGuestWaits? Waits { get; init; }

    /// <summary>Sends what the guest sends; refuses everything by default.</summary>
    public IOutgoingHttp OutgoingHttp { get; init; } = NoOutgoingHttp.Instance;

    /// <summary>What the guest may make the host hold.</summary>
    public WasiLimits Limits { get; init; } = WasiLimits.Default;

    /// <summary>Whether the instance is gone, so that its resources may be dropped in any order.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Whether the guest ended otherwise than by returning; what it left half done is then not to look complete.</summary>
    internal bool HasFailed { get; set; }

    /// <summary>What the guest's thread sleeps on. Every event that may end a wait signals it.</summary>
    internal WakeUp WakeUp => field ??= new WakeUp(this);

    /// <summary>What the guest makes the host hold.</summary>
    internal HostBudget Budget => field ??= new HostBudget(Limits.MaxHeldBytes);

    /// <summary>The body of the guest's answer, once it is set.</summary>
    internal GuestBody? Response { get; set; }

    /// <summary>Outgoing requests that are not over. Only the guest's thread counts.</summary>
    internal int Exchanges { get; set; }

    /// <summary>Looks up names for sockets.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>The names the guest has looked up, in upper case, and their addresses. Used by the guest's thread alone.</summary>
    internal HashSet<(string Name, IPAddress Address)> LookedUp => field ??= [];

    /// <summary>Files, directories and sockets that are open. Only the guest's thread counts.</summary>
    internal int OpenFiles { get; set; }

    /// <summary>Cancelled when the instance is gone; for work that runs beside the guest.</summary>
    internal CancellationToken Lifetime => IsClosed ? new CancellationToken(canceled: true) : (_lifetime ??= new CancellationTokenSource()).Token;

    /// <summary>Stops what still runs for the guest. Call before disposing the instance.</summary>
    public void Dispose()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _stdout?.Flush();
            _stderr?.Flush();
            _lifetime?.Cancel();
            _lifetime?.Dispose();
        }
    }

    internal LogLines? LinesOf(GuestOutput output) => (Log, output) switch
    {
        (null, _) => null,
        ({ } log, GuestOutput.Stdout) => _stdout ??= new LogLines(log, output, Limits.MaxLogLength),
        ({ } log, _) => _stderr ??= new LogLines(log, output, Limits.MaxLogLength),
    };

    /// <summary>A source that cancels itself; whoever asks for it disposes it.</summary>
    internal CancellationTokenSource StartTimeout(TimeSpan limit) => new(limit, TimeProvider);

    /// <summary>The guest's thread is about to sleep.</summary>
    internal void OnSleep()
    {
        // What the guest waits for may take long: its reader is not to wait as well, nor another guest for this one's place.
        Response?.EndPatience();
        Waits?.BeginWait();
    }

    /// <summary>It goes on.</summary>
    internal void OnAwake() => Waits?.EndWait();

    internal static WasiContext Of(object? state) => (WasiContext)state!;
}
