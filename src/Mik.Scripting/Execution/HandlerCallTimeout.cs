namespace Mik.Scripting.Execution;

/// <summary>Holds a call to the time its script is willing to wait.</summary>
internal static class HandlerCallTimeout
{
    public static Task<HandlerAnswer> CallAsync(IHandlerCalls handlers, HandlerCall call, TimeProvider time, CancellationToken cancellation) =>
        call.Timeout is { } timeout ? CallAsync(handlers, call, timeout, time, cancellation) : handlers.CallAsync(call, cancellation);

    private static async Task<HandlerAnswer> CallAsync(
        IHandlerCalls handlers, HandlerCall call, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            // A handler that does not notice the cancellation must not keep the script waiting.
            return await handlers.CallAsync(call, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new HandlerCallException(
                HandlerCallCode.Timeout, call.Handler, $"'{call.Handler}' did not answer within {timeout.TotalMilliseconds:0} ms");
        }
    }
}
