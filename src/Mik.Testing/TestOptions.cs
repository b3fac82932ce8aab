using Mik.Wasm.Caching;

namespace Mik.Testing;

/// <summary>How tests are run.</summary>
public sealed record TestOptions
{
    /// <summary>How long a test or a hook may take, unless it says otherwise itself, and how long a file may take to load.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Only tests whose full name contains this text, or matches it as a regular expression; null for all.</summary>
    public string? NamePattern { get; init; }

    /// <summary>Whether <c>.only</c> may leave tests out.</summary>
    public bool AllowsOnly { get; init; } = true;

    /// <summary>Whether the first failure ends the run.</summary>
    public bool StopsAtFailure { get; init; }

    /// <summary>Whether <c>host.call</c> reaches the project's handlers where the test does not answer itself.</summary>
    public bool CallsHandlers { get; init; }

    /// <summary>Memory for what one test file makes, in bytes.</summary>
    public long MemoryBytes { get; init; } = 128L << 20;

    /// <summary>Where to keep what TypeScript files were erased to, so that the next run need not; null for nowhere.</summary>
    public string? ErasedSourcesDirectory { get; init; }

    /// <summary>Where machine code of the script engine and of handlers is kept, so that the next run starts with it; null for nowhere.</summary>
    public CodeCache? CodeCache { get; init; }

    /// <summary>How many files run at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
