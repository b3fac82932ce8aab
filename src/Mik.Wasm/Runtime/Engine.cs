using System.Collections.Concurrent;
using Mik.Wasm.Binary;
using Mik.Wasm.Compilation;
using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;
using Mik.Wasm.Validation;

namespace Mik.Wasm.Runtime;

/// <summary>Compiles modules. One per process is enough; thread-safe.</summary>
public sealed class Engine
{
    private readonly ConcurrentDictionary<FuncType, long> _typeIds = new();
    private long _lastTypeId;

    /// <summary>Creates an engine.</summary>
    /// <exception cref="PlatformNotSupportedException">Guard pages were demanded and this system has none.</exception>
    public Engine(EngineOptions? options = null)
    {
        Options = options ?? new EngineOptions();
        UsesGuardPages = Options.MemoryBounds switch
        {
            MemoryBounds.ExplicitChecks => false,
            MemoryBounds.Automatic => GuardPages.IsAvailable,
            _ => GuardPages.IsAvailable
                ? true
                : throw new PlatformNotSupportedException("Guard-page memories need Linux on x86-64 with enough address space."),
        };
    }

    /// <summary>What this engine compiles for.</summary>
    public EngineOptions Options { get; }

    /// <summary>Whether memory accesses rely on guard pages instead of explicit checks.</summary>
    public bool UsesGuardPages { get; }

    /// <summary>Decodes, validates and compiles a core module. Nothing that fails validation is ever compiled.</summary>
    /// <param name="binary">The module's bytes; must not change afterwards.</param>
    /// <param name="name">What to call the module in backtraces and error messages.</param>
    /// <exception cref="ModuleFormatException">The bytes are malformed.</exception>
    /// <exception cref="ModuleValidationException">The module is invalid.</exception>
    public Module Compile(ReadOnlyMemory<byte> binary, string name)
    {
        var started = TimeProvider.System.GetTimestamp();
        var definition = ModuleDecoder.Decode(binary, Options.Features);
        ModuleValidator.Validate(definition);
        var emitted = ModuleEmitter.Emit(definition, explicitChecks: !UsesGuardPages);
        var module = new Module(this, name, definition, EmittedCode.Load(emitted, name, Options.Unloadable));
        EngineMetrics.ModuleCompiled(TimeProvider.System.GetElapsedTime(started), binary.Length);
        return module;
    }

    /// <summary>The number that stands for a function type in this engine. Equal types have equal numbers; never 0.</summary>
    internal long TypeId(FuncType type) =>
        _typeIds.GetOrAdd(type, static (_, engine) => Interlocked.Increment(ref engine._lastTypeId), this);
}
