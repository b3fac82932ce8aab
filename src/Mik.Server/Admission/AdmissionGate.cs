using System.Runtime.InteropServices;
using Mik.Server.Execution;
using Mik.Server.Faults;

namespace Mik.Server.Admission;

/// <summary>
/// The door of the server: lets in as many requests for guests as it is configured for, and none once it is shutting down. The last tenth of
/// the places is for those whose target holds less than an equal share of them, so that many requests for one leave room for the others. What
/// one handler may take is decided further in, where clients and scripts meet. Thread-safe.
/// </summary>
internal sealed class AdmissionGate(int maxRequests, long maxBodyBytes)
{
    /// <summary>One place in ten is kept for targets that hold few.</summary>
    private const int ReservedPart = 10;

    private static readonly TimeSpan SaturatedRetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimit _requests = new(maxRequests);
    private long _maxBodyBytes = maxBodyBytes;
    private readonly Lock _sharing = new();
    private readonly Dictionary<(string, string), int> _held = []; // by target, those with requests inside; guarded by _sharing
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
    /// <param name="target">What the request is for.</param>
    /// <param name="declaredBodyBytes">What the request says of its body's length, if it does.</param>
    public ServerPermit Enter((string Kind, string Name) target, long? declaredBodyBytes)
    {
        var maxBodyBytes = Volatile.Read(ref _maxBodyBytes);
        if (declaredBodyBytes > maxBodyBytes)
        {
            return new ServerPermit(RequestBody.TooLarge(maxBodyBytes));
        }

        if (!_requests.TryEnter())
        {
            return Saturated($"The server already serves {_requests.Max} requests.");
        }

        if (!TryShare(target))
        {
            LeavePlace();
            return Saturated("The server has only few places left, and they are for others.");
        }

        // Asked after taking a place: either this request sees the flag, or whoever waits for the last one out sees this request.
        if (_draining)
        {
            Exit(target);
            return new ServerPermit(new Fault(FaultKind.Draining, "The server is shutting down.") { RetryAfter = SaturatedRetryAfter });
        }

        return new ServerPermit(this, target);
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

    internal void Exit((string Kind, string Name) target)
    {
        lock (_sharing)
        {
            var held = _held[target] - 1;
            if (held > 0)
            {
                _held[target] = held;
            }
            else
            {
                _held.Remove(target);
            }
        }

        LeavePlace();
    }

    private static ServerPermit Saturated(string detail) =>
        new(new Fault(FaultKind.ServerSaturated, detail) { RetryAfter = SaturatedRetryAfter });

    // Who has taken a place already may keep it if there are many left, or if their target holds less than its share.
    private bool TryShare((string Kind, string Name) target)
    {
        lock (_sharing)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, target, out _);
            var max = _requests.Max;
            if (held > 0 && _requests.Inside > max - (max / ReservedPart) && held >= max / (_held.Count + 1))
            {
                return false;
            }

            held++;
            return true;
        }
    }

    private void LeavePlace()
    {
        _requests.Exit();
        if (_draining && _requests.Inside == 0)
        {
            _drained.TrySetResult();
        }
    }
}

/// <summary>A place in the server, or the reason why there is none. Disposing gives the place back.</summary>
internal readonly struct ServerPermit : IDisposable
{
    private readonly AdmissionGate? _gate;
    private readonly (string Kind, string Name) _target;

    public ServerPermit(AdmissionGate gate, (string Kind, string Name) target) => (_gate, _target) = (gate, target);

    public ServerPermit(Fault refusal) => Refusal = refusal;

    /// <summary>Why the request was not let in.</summary>
    public Fault? Refusal { get; }

    public void Dispose() => _gate?.Exit(_target);
}
