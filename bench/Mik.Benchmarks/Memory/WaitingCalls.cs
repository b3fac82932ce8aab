using Mik.Scripting;

namespace Mik.Benchmarks.Memory;

/// <summary>Never answers; counts who waits.</summary>
/// <param name="expected">How many calls to wait for.</param>
internal sealed class WaitingCalls(int expected) : IHandlerCalls
{
    private readonly TaskCompletionSource _allHere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Completes when as many calls as expected are waiting.</summary>
    public Task AllHere => _allHere.Task;

    public async Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _count) == expected)
        {
            _allHere.SetResult();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        throw new OperationCanceledException(cancellation);
    }
}
