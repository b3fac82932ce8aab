namespace Mik.Wasm.Runtime;

/// <summary>Compiles modules. One per process is enough; thread-safe.</summary>
public sealed class Engine
{
    /// <summary>Creates an engine.</summary>
    public Engine(EngineOptions? options = null) => Options = options ?? new EngineOptions();

    /// <summary>What this engine compiles for.</summary>
    public EngineOptions Options { get; }

    /// <summary>Decodes, validates and compiles a core module. Nothing that fails validation is ever compiled.</summary>
    /// <param name="binary">The module's bytes; must not change afterwards.</param>
    /// <param name="name">What to call the module in backtraces and error messages.</param>
    /// <exception cref="ModuleFormatException">The bytes are malformed.</exception>
    /// <exception cref="ModuleValidationException">The module is invalid.</exception>
    public Module Compile(ReadOnlyMemory<byte> binary, string name) => throw new NotImplementedException();
}
