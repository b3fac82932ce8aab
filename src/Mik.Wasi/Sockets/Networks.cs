using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>The network as a whole, of which there is one. wit: wasi:sockets/network and wasi:sockets/instance-network</summary>
internal static class Networks
{
    public static HostResourceType Type { get; } = new("network");

    /// <summary>The parameter of functions that want to be shown the network.</summary>
    public static WitField Parameter { get; } = new("network", Borrow(Type));

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:sockets/network")
        .Resource(Type)
        .Func("network-error-code", NetworkErrorCode, Option(SocketFailures.Type), new WitField("err", Borrow(IoError.Type)));

    public static WasiInterface InstanceInterface { get; } =
        new WasiInterface("wasi:sockets/instance-network").Func("instance-network", InstanceNetwork, Own(Type));

    // wit: wasi:sockets/network#network-error-code
    internal static ComponentValue NetworkErrorCode(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        arguments[0].AsResource<IoError>().Socket is { } failure ? ComponentValue.Some(ComponentValue.OfCase((int)failure)) : ComponentValue.None;

    // wit: wasi:sockets/instance-network#instance-network
    internal static ComponentValue InstanceNetwork(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.Resource(Type);
}
