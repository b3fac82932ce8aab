using System.Security.Cryptography;
using Mik.Wasm.Runtime;

namespace Mik.Scripting;

/// <summary>What scripts get from outside besides their request.</summary>
public sealed record ScriptHostOptions
{
    /// <summary>The clock behind <c>Date</c>, <c>performance.now</c>, timers and all time limits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Fills a buffer with the randomness behind <c>crypto</c> and <c>Math.random</c>.</summary>
    public Action<Span<byte>> FillRandom { get; init; } = RandomNumberGenerator.Fill;
}

/// <summary>Loads scripts. One per process is enough; thread-safe.</summary>
public sealed class ScriptHost
{
    /// <summary>Prepares the script engine.</summary>
    /// <param name="engine">Compiles the script engine, which is a WebAssembly module itself.</param>
    /// <param name="options">What scripts get from outside.</param>
    public ScriptHost(Engine engine, ScriptHostOptions? options = null)
    {
        Engine = engine;
        Options = options ?? new ScriptHostOptions();
    }

    internal Engine Engine { get; }

    internal ScriptHostOptions Options { get; }

    /// <summary>Reads a script and everything it imports, erases types and evaluates its modules.</summary>
    /// <param name="entryFilePath">The script's file.</param>
    /// <param name="scriptsRoot">The directory that no import may leave.</param>
    /// <exception cref="ScriptException">The script cannot be used (<see cref="ScriptFailure.LoadFailed"/>).</exception>
    public ScriptProgram Load(string entryFilePath, string scriptsRoot) => throw new NotImplementedException();
}
