using Mik.Server.Execution;
using Mik.Wasm.Caching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mik.Server.Hosting;

/// <summary>How a server is run, as opposed to what it serves.</summary>
public sealed record MikServerOptions
{
    /// <summary>
    /// Whether clients are the developers themselves: problem documents then carry what otherwise only the log says.
    /// </summary>
    public bool Development { get; init; }

    /// <summary>The clock behind every timeout, also the guests' own.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the server logs to.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where machine code of handlers and of the script engine is kept for the next start; nowhere when null.</summary>
    public CodeCache? CodeCache { get; init; }

    /// <summary>
    /// Descriptor of a listening socket that somebody else has opened; <see langword="null"/> to listen where the configuration says.
    /// </summary>
    public ulong? Socket { get; init; }

    /// <summary>Replaces the loading of handlers in tests.</summary>
    internal Func<ReadOnlyMemory<byte>, string, IHandlerProgram>? LoadHandler { get; init; }

    /// <summary>Replaces the loading of scripts in tests.</summary>
    internal Func<string, IScriptProgram>? LoadScript { get; init; }
}
