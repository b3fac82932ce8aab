using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>Addresses between .NET and WASI. wit: wasi:sockets/network</summary>
internal static class SocketAddresses
{
    private static readonly WitType Ipv4Address = Tuple(U8, U8, U8, U8);
    private static readonly WitType Ipv6Address = Tuple(U16, U16, U16, U16, U16, U16, U16, U16);

    public static WitType Family { get; } = Enum("ipv4", "ipv6");

    public static WitType IpAddress { get; } = Variant(new("ipv4", Ipv4Address), new("ipv6", Ipv6Address));

    public static WitType SocketAddress { get; } = Variant(
        new("ipv4", Record(new("port", U16), new("address", Ipv4Address))),
        new("ipv6", Record(new("port", U16), new("flow-info", U32), new("address", Ipv6Address), new("scope-id", U32))));

    public static AddressFamily FamilyOf(ComponentValue value) => value.Case == 0 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    public static ComponentValue ToFamily(AddressFamily family) => ComponentValue.OfCase(family == AddressFamily.InterNetwork ? 0 : 1);

    public static ComponentValue ToAddress(IPAddress address) =>
        ComponentValue.OfCase(address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1, Parts(address));

    public static ComponentValue ToSocketAddress(IPEndPoint endpoint)
    {
        var port = ComponentValue.U32((uint)endpoint.Port);
        return endpoint.AddressFamily == AddressFamily.InterNetwork
            ? ComponentValue.OfCase(0, ComponentValue.Values(port, Parts(endpoint.Address)))
            : ComponentValue.OfCase(1, ComponentValue.Values(
                port, ComponentValue.U32(0), Parts(endpoint.Address), ComponentValue.U32((uint)endpoint.Address.ScopeId)));
    }

    public static IPEndPoint FromSocketAddress(ComponentValue value)
    {
        var fields = value.Payload.AsValues;
        var port = (int)fields[0].AsU32;
        if (value.Case == 0)
        {
            Span<byte> four = stackalloc byte[4];
            var parts = fields[1].AsValues;
            for (var i = 0; i < four.Length; i++)
            {
                four[i] = (byte)parts[i].AsU32;
            }

            return new IPEndPoint(new IPAddress(four), port);
        }

        Span<byte> sixteen = stackalloc byte[16];
        var groups = fields[2].AsValues;
        for (var i = 0; i < groups.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(sixteen[(2 * i)..], (ushort)groups[i].AsU32);
        }

        return new IPEndPoint(new IPAddress(sixteen, fields[3].AsU32), port);
    }

    /// <summary>Whether somebody can be reached there, over a socket of that family. WIT does without mapped addresses.</summary>
    public static bool IsRemote(IPEndPoint endpoint, AddressFamily family) =>
        endpoint.AddressFamily == family
        && endpoint.Port != 0
        && !endpoint.Address.Equals(IPAddress.Any)
        && !endpoint.Address.Equals(IPAddress.IPv6Any)
        && !endpoint.Address.IsIPv4MappedToIPv6;

    private static ComponentValue Parts(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var parts = new ComponentValue[bytes.Length == 4 ? 4 : 8];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = ComponentValue.U32(bytes.Length == 4 ? bytes[i] : BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2 * i)));
        }

        return ComponentValue.Values(parts);
    }
}
