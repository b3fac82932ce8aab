using Mik.Components.Linking;
using Mik.Components.Types;

namespace Mik.Wasi;

/// <summary>
/// One WIT interface as this host implements it. A table rather than calls on the linker, so that tests can compare what is
/// declared with the published signatures.
/// </summary>
internal sealed class WasiInterface(string name)
{
    /// <summary>Newest published patch. Guests built against any 0.2.x match it, because 0.2 only ever adds.</summary>
    private const string Version = "0.2.12";

    private readonly List<ResourceType> _resources = [];
    private readonly List<WasiFunction> _functions = [];

    /// <summary>Package and interface without version, such as <c>wasi:io/poll</c>.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<WasiFunction> Functions => _functions;

    public IReadOnlyList<ResourceType> Resources => _resources;

    public WasiInterface Resource(ResourceType type)
    {
        _resources.Add(type);
        return this;
    }

    public WasiInterface Func(string name, HostFunction function, WitType? result, params ReadOnlySpan<WitField> parameters)
    {
        _functions.Add(new WasiFunction(name, ComponentFuncType.Of(result, parameters), function));
        return this;
    }

    public void AddTo(ComponentLinker linker)
    {
        var target = linker.Interface($"{Name}@{Version}");
        foreach (var resource in _resources)
        {
            target.Resource(resource);
        }

        foreach (var function in _functions)
        {
            target.Func(function.Name, function.Type, function.Function);
        }
    }
}

/// <summary>One function of an interface, under WIT's name for it.</summary>
internal sealed record WasiFunction(string Name, ComponentFuncType Type, HostFunction Function);
