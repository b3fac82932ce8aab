using Mik.Wasm.Runtime;

namespace Mik.Wasi.Http;

/// <summary>How a run of a handler ended.</summary>
public enum HandlerResult
{
    /// <summary>It answered, and returned.</summary>
    Answered,

    /// <summary>It returned, or exited, without an answer.</summary>
    NoResponse,

    /// <summary>Its answer was an error code.</summary>
    ErrorCode,

    /// <summary>It trapped; being interrupted is one way to.</summary>
    Trapped,

    /// <summary>The host failed it.</summary>
    HostFailure,
}

/// <summary>How a run of a handler ended, and why. The response may have started in every case.</summary>
/// <param name="Result">How.</param>
public sealed record HandlerOutcome(HandlerResult Result)
{
    /// <summary>The trap, for <see cref="HandlerResult.Trapped"/>.</summary>
    public TrapException? Trap { get; init; }

    /// <summary>The guest's own words, for <see cref="HandlerResult.ErrorCode"/>.</summary>
    public HttpErrorCode? ErrorCode { get; init; }

    /// <summary>What the guest exited with, if it did.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The host's failure, for <see cref="HandlerResult.HostFailure"/>.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Whether the guest was refused memory, which is then the likely cause of whatever else happened.</summary>
    public bool MemoryLimitHit { get; init; }

    /// <summary>Whether the guest was refused memory because its store's owner takes too much in all.</summary>
    public bool OwnerRefusedMemory { get; init; }

    /// <summary>Whether the guest was stopped because its store's owner has no processor time left.</summary>
    public bool IsStoppedForOwner { get; init; }
}
