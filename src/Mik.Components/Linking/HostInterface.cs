using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>One interface of the host.</summary>
public sealed class HostInterface
{
    private readonly Dictionary<string, HostItem> _items = new(StringComparer.Ordinal);

    internal HostInterface(string name) => Name = name;

    /// <summary>Its name, such as <c>wasi:io/poll@0.2.12</c>.</summary>
    public string Name { get; }

    /// <summary>Defines a resource the interface exports.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public HostInterface Resource(ResourceType type) => Resource(type.Name, type);

    /// <summary>Defines a function; methods carry WIT's names, such as <c>[method]pollable.block</c>.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public HostInterface Func(string name, ComponentFuncType type, HostFunction function) => Add(name, new HostFunc(type, function));

    /// <summary>Defines a core module.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal HostInterface CoreModule(string name, Module module) => Add(name, new HostModule(module));

    /// <summary>Defines a resource under another name than its own.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal HostInterface Resource(string name, ResourceType type) => Add(name, new HostResource(type));

    /// <summary>Defines an interface inside this one.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal HostInterface Instance(string name)
    {
        var made = new HostInterface($"{Name} {name}");
        Add(name, new HostInstance(made));
        return made;
    }

    internal HostItem? Find(string name) => _items.GetValueOrDefault(name);

    private HostInterface Add(string name, HostItem item)
    {
        _items.Add(name, item);
        return this;
    }
}
