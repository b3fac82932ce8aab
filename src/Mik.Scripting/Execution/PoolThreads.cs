namespace Mik.Scripting.Execution;

/// <summary>Scripts on the thread pool, which has to look after itself when one of them waits.</summary>
internal sealed class PoolThreads : IScriptThreads
{
    public void Post(Action<object?> work, object? state) => ThreadPool.UnsafeQueueUserWorkItem(work, state, preferLocal: true);

    public void BeginWait()
    {
    }

    public void EndWait()
    {
    }
}
