using System.Collections.Concurrent;
using Mik.Wasm.Binary;
using Mik.Wasm.Caching;
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

    /// <summary>Decodes, validates and compiles a core module, or finds its code in the cache. Nothing that fails validation is ever compiled.</summary>
    /// <param name="binary">The module's bytes; must not change afterwards.</param>
    /// <param name="name">What to call the module in backtraces and error messages.</param>
    /// <exception cref="ModuleFormatException">The bytes are malformed.</exception>
    /// <exception cref="ModuleValidationException">The module is invalid.</exception>
    public Module Compile(ReadOnlyMemory<byte> binary, string name)
    {
        var started = TimeProvider.System.GetTimestamp();
        var definition = ModuleDecoder.Decode(binary, Options.Features);
        var code = Options is { Cache: { } cache, Unloadable: false } ? KeptCode(cache, definition, name) : EmittedCode.Load(Translate(definition), name, Options.Unloadable);
        var module = new Module(this, name, definition, code);
        EngineMetrics.ModuleCompiled(TimeProvider.System.GetElapsedTime(started), binary.Length);
        return module;
    }

    // Found under a key that has the hash of the bytes, in a file that only this user could write, code is that of a module which an engine of this
    // build has validated: it is not validated again.
    private EmittedCode KeptCode(CodeCache cache, ModuleDefinition definition, string name)
    {
        var key = CodeKey.Of(definition.Bytes.Span, this);
        return cache.Loaded.GetOrAdd((key, name), _ =>
        {
            if (cache.Find(key) is { } file)
            {
                if (EmittedCode.TryLoadFile(file, definition, name) is { } kept)
                {
                    return kept;
                }

                cache.Reject(key);
            }

            var emitted = Translate(definition);
            cache.Add(key, emitted.Image);
            return EmittedCode.Load(emitted, name, unloadable: false);
        });
    }

    private EmittedModule Translate(ModuleDefinition definition)
    {
        ModuleValidator.Validate(definition);
        return ModuleEmitter.Emit(definition, explicitChecks: !UsesGuardPages);
    }

    /// <summary>The number that stands for a function type in this engine. Equal types have equal numbers; never 0.</summary>
    internal long TypeId(FuncType type) =>
        _typeIds.GetOrAdd(type, static (_, engine) => Interlocked.Increment(ref engine._lastTypeId), this);
}
