using Mik.Wasm.Runtime;

namespace Mik.Components;

/// <summary>A decoded, validated and compiled component. Immutable and thread-safe.</summary>
public sealed class Component
{
    private Component(string name) => Name = name;

    /// <summary>What the component is called in messages and backtraces.</summary>
    public string Name { get; }

    /// <summary>Names of what the component imports, as written, in order.</summary>
    public IReadOnlyList<string> Imports => throw new NotImplementedException();

    /// <summary>Names of what the component exports, as written, in order.</summary>
    public IReadOnlyList<string> Exports => throw new NotImplementedException();

    /// <summary>Whether the bytes start like a component (and not like a core module, or something else).</summary>
    public static bool IsComponent(ReadOnlySpan<byte> binary) => throw new NotImplementedException();

    /// <summary>Decodes, validates and compiles a component with everything inside it.</summary>
    /// <exception cref="ModuleFormatException">The bytes are malformed, or are a core module.</exception>
    /// <exception cref="ModuleValidationException">The component, or a core module in it, is invalid.</exception>
    public static Component Compile(Engine engine, ReadOnlyMemory<byte> binary, string name) => throw new NotImplementedException();
}
