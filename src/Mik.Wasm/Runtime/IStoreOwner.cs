namespace Mik.Wasm.Runtime;

/// <summary>
/// Whom the stores of several guests belong to. It is asked for all the memory they take and told whenever their code runs, so that it can
/// bound what they take together; see <see cref="StoreLimits.Owner"/>. Called on guests' threads; thread-safe.
/// </summary>
public interface IStoreOwner
{
    /// <summary>Asks for memory of that many bytes; whether it is granted. Must not throw.</summary>
    bool TryTakeMemory(long bytes);

    /// <summary>Gives back what <see cref="TryTakeMemory"/> granted. Must not throw.</summary>
    void ReturnMemory(long bytes);

    /// <summary>
    /// Code of the store is about to run on this thread. Until <see cref="EndUse"/> the owner may stop it with
    /// <see cref="Store.StopForOwner"/>, from any thread.
    /// </summary>
    void BeginUse(Store store);

    /// <summary>Code of the store has ceased to run on this thread.</summary>
    void EndUse(Store store);
}
