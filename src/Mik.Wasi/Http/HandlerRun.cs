namespace Mik.Wasi.Http;

/// <summary>
/// One request going through a handler, with the two moments that matter to the server: the response started, and the handler is
/// done. The handler may be done long before its response is sent, or long after it started. What awaits either goes on at once on
/// the guest's thread, in the middle of the guest, and must not block. Thread-safe.
/// </summary>
/// <param name="started">Told of the answer as soon as its status and headers are known, if there is one.</param>
public sealed class HandlerRun(Action<HandlerResponse>? started = null)
{
    private readonly TaskCompletionSource<HandlerResponse?> _started = new();
    private readonly TaskCompletionSource<HandlerOutcome> _completed = new();

    /// <summary>
    /// The answer, as soon as its status and headers are known; <see langword="null"/> once it is certain that there is none, and
    /// then <see cref="Completed"/> is about to say why. Never faults.
    /// </summary>
    public Task<HandlerResponse?> ResponseStarted => _started.Task;

    /// <summary>How it ended. Comes after <see cref="ResponseStarted"/>, when the instance is gone. Never faults.</summary>
    public Task<HandlerOutcome> Completed => _completed.Task;

    /// <summary>The error code the guest answered with.</summary>
    internal HttpErrorCode? Refusal { get; private set; }

    internal bool HasStarted => _started.Task is { IsCompletedSuccessfully: true, Result: not null };

    internal void Start(HandlerResponse response)
    {
        if (_started.TrySetResult(response))
        {
            started?.Invoke(response);
        }
    }

    internal void Refuse(HttpErrorCode error) => Refusal = error;

    internal void Complete(HandlerOutcome outcome)
    {
        _started.TrySetResult(null);
        _completed.TrySetResult(outcome);
    }
}
