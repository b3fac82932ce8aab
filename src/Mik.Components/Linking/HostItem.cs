using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>Something a <see cref="HostInterface"/> offers under a name.</summary>
/// <param name="Kind">What it is, for messages.</param>
internal abstract record HostItem(string Kind);

internal sealed record HostFunc(ComponentFuncType Type, HostFunction Function) : HostItem("function");

internal sealed record HostResource(ResourceType Type) : HostItem("resource");

internal sealed record HostModule(Module Module) : HostItem("core module");

internal sealed record HostInstance(HostInterface Interface) : HostItem("instance");
