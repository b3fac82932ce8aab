namespace Mik.Wasm.Caching;

/// <summary>How compiled code is kept. Immutable.</summary>
public sealed record CodeCacheOptions
{
    /// <summary>
    /// The directory to keep it in; made when absent, for its user alone. Nothing in it is read when somebody else could write to it.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>What all files together may take, in bytes; the least recently used go first.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>The clock that says how recently something was used.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The ahead-of-time compiler, crossgen2 of this version of .NET; the one delivered beside the program by default. Without one, code that is there is used and
    /// none is added.
    /// </summary>
    public string? CompilerFile { get; init; } = Crossgen.DeliveredFile();
}
