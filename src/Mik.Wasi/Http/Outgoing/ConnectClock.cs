namespace Mik.Wasi.Http.Outgoing;

/// <summary>
/// Times one request: connecting and waiting for the response have limits of their own, and .NET only tells when it connects.
/// Ends the request when the current limit runs out.
/// </summary>
internal sealed class ConnectClock : IDisposable
{
    /// <summary>Where the request carries its clock to the connect callback.</summary>
    public static readonly HttpRequestOptionsKey<ConnectClock> Key = new("mik.clock");

    private readonly TimeSpan? _connect;
    private readonly TimeSpan? _firstByte;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _expired = new();
    private readonly ITimer _timer;
    private HttpErrorKind _phase; // guarded by _gate
    private bool _disposed; // guarded by _gate

    public ConnectClock(OutgoingHttpRequest request, TimeProvider time)
    {
        _connect = request.ConnectTimeout;
        _firstByte = request.FirstByteTimeout;
        _timer = time.CreateTimer(
            static self => ((ConnectClock)self!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Start(HttpErrorKind.HttpResponseTimeout, _firstByte);
    }

    /// <summary>What ran out, if anything did.</summary>
    public HttpErrorKind? Expired
    {
        get
        {
            lock (_gate)
            {
                return _expired.IsCancellationRequested ? _phase : null;
            }
        }
    }

    public CancellationToken Token => _expired.Token;

    /// <summary>The name is being looked up, which is part of connecting.</summary>
    public void Connecting() => Start(HttpErrorKind.DnsTimeout, _connect);

    /// <summary>The addresses are known; the time for connecting goes on.</summary>
    public void Resolved()
    {
        lock (_gate)
        {
            if (!_expired.IsCancellationRequested && _phase == HttpErrorKind.DnsTimeout)
            {
                _phase = HttpErrorKind.ConnectionTimeout;
            }
        }
    }

    public void Connected() => Start(HttpErrorKind.HttpResponseTimeout, _firstByte);

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
        _expired.Dispose();
    }

    private void Start(HttpErrorKind phase, TimeSpan? limit)
    {
        lock (_gate)
        {
            // A connection may come up after its request was served by another one.
            if (!_disposed && !_expired.IsCancellationRequested)
            {
                _phase = phase;
                _timer.Change(limit ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Expire()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
        }

        try
        {
            _expired.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The response came at the last moment.
        }
    }
}
