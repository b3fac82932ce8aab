using Mik.Components.Types;

namespace Mik.Components.Linking;

/// <summary>One interface of the host.</summary>
public sealed class HostInterface
{
    private readonly Dictionary<string, ResourceType> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostFunc> _functions = new(StringComparer.Ordinal);

    internal HostInterface(string name) => Name = name;

    /// <summary>Its name, such as <c>wasi:io/poll@0.2.12</c>.</summary>
    public string Name { get; }

    /// <summary>Defines a resource the interface exports.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public HostInterface Resource(ResourceType type)
    {
        _resources.Add(type.Name, type);
        return this;
    }

    /// <summary>Defines a function; methods carry WIT's names, such as <c>[method]pollable.block</c>.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public HostInterface Func(string name, ComponentFuncType type, HostFunction function)
    {
        _functions.Add(name, new HostFunc(type, function));
        return this;
    }

    internal ResourceType? FindResource(string name) => _resources.GetValueOrDefault(name);

    internal HostFunc? FindFunc(string name) => _functions.GetValueOrDefault(name);
}

internal sealed record HostFunc(ComponentFuncType Type, HostFunction Function);
