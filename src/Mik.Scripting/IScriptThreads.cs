namespace Mik.Scripting;

/// <summary>Where scripts go on after they waited. Thread-safe.</summary>
public interface IScriptThreads
{
    /// <summary>Runs a piece of a script, soon and never on top of the caller.</summary>
    void Post(Action<object?> work, object? state);

    /// <summary>The calling thread, which runs a script, is about to wait for a call to be answered. Must not throw.</summary>
    void BeginWait();

    /// <summary>The calling thread goes on. Must not throw, and returns at once.</summary>
    void EndWait();
}
