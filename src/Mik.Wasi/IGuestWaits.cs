namespace Mik.Wasi;

/// <summary>Is told when a guest's thread goes to sleep, so that another may run meanwhile. Called on that thread.</summary>
public interface IGuestWaits
{
    /// <summary>The thread is about to sleep. Must not throw.</summary>
    void BeginWait();

    /// <summary>The thread goes on. Must not throw, and returns at once.</summary>
    void EndWait();
}
