using Mik.Components.Binary;
using Mik.Components.Types;
using Mik.Components.Validation;
using Mik.Wasm.Runtime;

namespace Mik.Components;

/// <summary>A decoded, validated and compiled component. Immutable and thread-safe.</summary>
public sealed class Component
{
    private Component(
        string name, ComponentDefinition definition, ComponentType type, IReadOnlyDictionary<CoreModuleDefinition, Module> modules)
    {
        Name = name;
        Definition = definition;
        Type = type;
        Modules = modules;
        Imports = [.. type.Imports.Entries.Select(static import => import.Key)];
        Exports = [.. type.Exports.Entries.Select(static export => export.Key)];
    }

    /// <summary>What the component is called in messages and backtraces.</summary>
    public string Name { get; }

    /// <summary>Names of what the component imports, as written, in order.</summary>
    public IReadOnlyList<string> Imports { get; }

    /// <summary>Names of what the component exports, as written, in order.</summary>
    public IReadOnlyList<string> Exports { get; }

    internal ComponentDefinition Definition { get; }

    internal ComponentType Type { get; }

    internal IReadOnlyDictionary<CoreModuleDefinition, Module> Modules { get; }

    /// <summary>Whether the bytes start like a component (and not like a core module, or something else).</summary>
    public static bool IsComponent(ReadOnlySpan<byte> binary) => ComponentDecoder.IsComponent(binary);

    /// <summary>Decodes, validates and compiles a component with everything inside it.</summary>
    /// <exception cref="ModuleFormatException">The bytes are malformed, or are a core module.</exception>
    /// <exception cref="ModuleValidationException">The component, or a core module in it, is invalid.</exception>
    public static Component Compile(Engine engine, ReadOnlyMemory<byte> binary, string name)
    {
        var definition = ComponentDecoder.Decode(binary.Span);
        var modules = new Dictionary<CoreModuleDefinition, Module>(ReferenceEqualityComparer.Instance);
        var type = new ComponentValidator(Compile).Validate(definition);
        return new Component(name, definition, type, modules);

        CoreModuleType Compile(CoreModuleDefinition part)
        {
            var module = engine.Compile(binary.Slice(part.Offset, part.Length), $"{name}#{modules.Count}");
            modules.Add(part, module);
            return CoreModuleTypes.Of(module, part.Offset);
        }
    }
}
