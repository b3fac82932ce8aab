using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Http;

/// <summary>An interface through which components answer requests: what it looks like, and how it is called.</summary>
/// <param name="interfaceName">With the version that is looked for; other patches of it match.</param>
/// <param name="type">The signature of its function <c>handle</c>.</param>
internal abstract class HandlerContract(string interfaceName, ComponentFuncType type)
{
    private const string Function = "handle";

    public string InterfaceName => interfaceName;

    /// <summary>Whether the component exports the interface; one that does, with another signature, is no handler at all.</summary>
    /// <exception cref="LinkException">The signature is another.</exception>
    public bool IsMetBy(ComponentPre component)
    {
        if (component.FindExport(interfaceName) is not { } export)
        {
            return false;
        }

        // The values passed do not carry types, so that everything rests on this comparison. Parameter names may differ.
        var actual = component.FindFuncType(export, Function)
            ?? throw new LinkException($"'{component.Component.Name}' is not a handler: {export} has no function {Function}");
        var same = Equals(actual.Result, type.Result)
            && actual.Parameters.Select(static parameter => parameter.Type).SequenceEqual(type.Parameters.Select(static parameter => parameter.Type));
        return same ? true : throw new LinkException($"'{component.Component.Name}' is not a handler: {export}#{Function} has another signature");
    }

    /// <summary>Has an instance answer a request.</summary>
    public void Handle(ComponentInstance instance, WasiContext context, IncomingHttpRequest request, HandlerRun run) =>
        Handle(instance.GetFunc(interfaceName, Function)!, context, request, run);

    protected abstract void Handle(ComponentFunc function, WasiContext context, IncomingHttpRequest request, HandlerRun run);
}
