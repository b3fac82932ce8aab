using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Mik.Scripting.Execution;

/// <summary>
/// What happened while a script waited, in order. Awaiting it waits for the next event, or for nothing but a <see cref="Wake"/>, and goes
/// on where scripts run. Any thread adds, one thread at a time takes and awaits.
/// </summary>
internal sealed class ScriptEvents<T>(IScriptThreads threads) : ICriticalNotifyCompletion
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _queue = new(); // guarded by _gate
    private Action? _continuation; // guarded by _gate
    private bool _woken; // guarded by _gate

    /// <summary>Always false: whether there is anything to wait for is decided when the awaiter has a continuation.</summary>
    public bool IsCompleted => false;

    public ScriptEvents<T> GetAwaiter() => this;

    public void GetResult()
    {
    }

    /// <summary>Tells of an event.</summary>
    public void Add(T happened)
    {
        lock (_gate)
        {
            _queue.Enqueue(happened);
        }

        Wake();
    }

    /// <summary>Ends the wait, now or the next one.</summary>
    public void Wake()
    {
        Action? continuation;
        lock (_gate)
        {
            (continuation, _continuation) = (_continuation, null);
            _woken = continuation is null;
        }

        Continue(continuation);
    }

    /// <summary>The first event that was not taken yet.</summary>
    public bool TryTake([NotNullWhen(true)] out T? happened)
    {
        lock (_gate)
        {
            return _queue.TryDequeue(out happened);
        }
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        lock (_gate)
        {
            if (!_woken && _queue.Count == 0)
            {
                _continuation = continuation;
                return;
            }

            _woken = false;
        }

        Continue(continuation);
    }

    private void Continue(Action? continuation)
    {
        if (continuation is not null)
        {
            threads.Post(static continuation => ((Action)continuation!)(), continuation);
        }
    }
}
