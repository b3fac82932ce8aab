using System.Runtime.InteropServices;

namespace Mik.Cli;

/// <summary>
/// Turns the first signal to stop (Ctrl+C, SIGTERM) into a request for a graceful end, and the second into an immediate one.
/// Thread-safe.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _insisted = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Insisted => _insisted.Token;

    /// <summary>Ends with the first signal.</summary>
    public Task RequestedAsync() => WhenCancelled(Requested);

    /// <summary>Ends with the second signal.</summary>
    public Task InsistedAsync() => WhenCancelled(Insisted);

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        // A handler may still be running on another thread: the sources hold nothing that needs disposal.
    }

    private static Task WhenCancelled(CancellationToken token)
    {
        // Continued elsewhere: the thread that handles signals must be free for the next one.
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), source);
        return source.Task;
    }

    private void Handle(PosixSignalContext context)
    {
        // The runtime would otherwise end the process by itself.
        context.Cancel = true;
        (Interlocked.Increment(ref _count) == 1 ? _requested : _insisted).Cancel();
    }
}
