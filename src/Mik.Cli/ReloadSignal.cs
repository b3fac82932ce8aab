using System.Runtime.InteropServices;

namespace Mik.Cli;

/// <summary>Turns SIGHUP into a request to take up what has changed, as services have always had it. Thread-safe.</summary>
internal sealed class ReloadSignal : IDisposable
{
    private readonly SemaphoreSlim _requested = new(0, 1);
    private readonly PosixSignalRegistration _registration;

    public ReloadSignal() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);

    /// <summary>Waits for the signal, but not longer than an interval.</summary>
    /// <returns>Whether the signal came.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellation) => _requested.WaitAsync(interval, cancellation);

    public void Dispose() => _registration.Dispose();

    private void Handle(PosixSignalContext context)
    {
        // The runtime would otherwise end the process.
        context.Cancel = true;
        try
        {
            _requested.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been asked for already.
        }
    }
}
