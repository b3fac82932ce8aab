using Mik.Server.Execution;
using Mik.Server.Faults;

namespace Mik.Server.Admission;

/// <summary>
/// The door of the server: lets in as many requests for guests as it is configured for, and none once it is shutting down. What one
/// handler may take is decided further in, where clients and scripts meet. Thread-safe.
/// </summary>
internal sealed class AdmissionGate(int maxRequests, long maxBodyBytes)
{
    private static readonly TimeSpan SaturatedRetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimit _requests = new(maxRequests);
    private long _maxBodyBytes = maxBodyBytes;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;

    /// <summary>The most requests that fit.</summary>
    public int MaxRequests => _requests.Max;

    /// <summary>How many requests are inside.</summary>
    public int InFlight => _requests.Inside;

    /// <summary>Whether nobody is let in any more.</summary>
    public bool IsDraining => _draining;

    /// <summary>Goes by other limits from now on; whoever is inside stays.</summary>
    public void Configure(int maxRequests, long maxBodyBytes)
    {
        _requests.Max = maxRequests;
        Volatile.Write(ref _maxBodyBytes, maxBodyBytes);
    }

    /// <summary>Lets a request in or says why not.</summary>
    /// <param name="declaredBodyBytes">What the request says of its body's length, if it does.</param>
    public ServerPermit Enter(long? declaredBodyBytes)
    {
        var maxBodyBytes = Volatile.Read(ref _maxBodyBytes);
        if (declaredBodyBytes > maxBodyBytes)
        {
            return new ServerPermit(null, RequestBody.TooLarge(maxBodyBytes));
        }

        if (!_requests.TryEnter())
        {
            return new ServerPermit(null, new Fault(FaultKind.ServerSaturated, $"The server already serves {_requests.Max} requests.")
            {
                RetryAfter = SaturatedRetryAfter,
            });
        }

        // Asked after taking a place: either this request sees the flag, or whoever waits for the last one out sees this request.
        if (_draining)
        {
            Exit();
            return new ServerPermit(null, new Fault(FaultKind.Draining, "The server is shutting down.") { RetryAfter = SaturatedRetryAfter });
        }

        return new ServerPermit(this, null);
    }

    /// <summary>Lets nobody in from now on; the task completes when the last one has left.</summary>
    public Task Drain()
    {
        _draining = true;
        if (_requests.Inside == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    }

    internal void Exit()
    {
        _requests.Exit();
        if (_draining && _requests.Inside == 0)
        {
            _drained.TrySetResult();
        }
    }
}

/// <summary>A place in the server, or the reason why there is none. Disposing gives the place back.</summary>
internal readonly struct ServerPermit(AdmissionGate? gate, Fault? refusal) : IDisposable
{
    /// <summary>Why the request was not let in.</summary>
    public Fault? Refusal { get; } = refusal;

    public void Dispose() => gate?.Exit();
}
