using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Sockets;

/// <summary>The options of sockets: each a function to read it and one to set it. wit: wasi:sockets/tcp and wasi:sockets/udp</summary>
internal static class SocketSettings
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Adds the options that both kinds have, under the names they go by.</summary>
    public static WasiInterface Shared(this WasiInterface target, WitField self, string resource, string hopLimit) => target
        .Setting(
            self,
            resource,
            hopLimit,
            U8,
            static socket => (ulong)(int)socket.Socket.GetSocketOption(LevelOf(socket), HopLimitOf(socket))!,
            static (socket, value) => socket.Socket.SetSocketOption(LevelOf(socket), HopLimitOf(socket), (int)value))
        .Setting(
            self,
            resource,
            "receive-buffer-size",
            U64,
            static socket => (ulong)socket.Socket.ReceiveBufferSize,
            static (socket, value) => socket.Socket.ReceiveBufferSize = ToSize(value))
        .Setting(
            self,
            resource,
            "send-buffer-size",
            U64,
            static socket => (ulong)socket.Socket.SendBufferSize,
            static (socket, value) => socket.Socket.SendBufferSize = ToSize(value));

    /// <summary>Adds the options that only connections have.</summary>
    public static WasiInterface OfConnections(this WasiInterface target, WitField self, string resource) => target
        .Setting(
            self,
            resource,
            "keep-alive-enabled",
            Bool,
            static socket => (int)socket.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! == 0 ? 0UL : 1,
            static (socket, value) => socket.Socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, value != 0),
            mayBeZero: true)
        .Setting(
            self,
            resource,
            "keep-alive-idle-time",
            U64,
            static socket => Get(socket, SocketOptionName.TcpKeepAliveTime) * NanosecondsPerSecond,
            static (socket, value) => Set(socket, SocketOptionName.TcpKeepAliveTime, ToSeconds(value)))
        .Setting(
            self,
            resource,
            "keep-alive-interval",
            U64,
            static socket => Get(socket, SocketOptionName.TcpKeepAliveInterval) * NanosecondsPerSecond,
            static (socket, value) => Set(socket, SocketOptionName.TcpKeepAliveInterval, ToSeconds(value)))
        .Setting(
            self,
            resource,
            "keep-alive-count",
            U32,
            static socket => Get(socket, SocketOptionName.TcpKeepAliveRetryCount),
            static (socket, value) => Set(socket, SocketOptionName.TcpKeepAliveRetryCount, (int)Math.Min(value, (ulong)sbyte.MaxValue)));

    private static WasiInterface Setting(
        this WasiInterface target,
        WitField self,
        string resource,
        string name,
        WitType type,
        Func<GuestSocket, ulong> get,
        Action<GuestSocket, ulong> set,
        bool mayBeZero = false)
    {
        ComponentValue Get(object? state, ReadOnlySpan<ComponentValue> arguments)
        {
            var socket = arguments[0].AsResource<GuestSocket>();
            return GuestSocket.Try(() => ComponentValue.Ok(ComponentValue.Scalar(get(socket))));
        }

        ComponentValue Set(object? state, ReadOnlySpan<ComponentValue> arguments)
        {
            var (socket, value) = (arguments[0].AsResource<GuestSocket>(), arguments[1].Bits);
            return GuestSocket.Try(() =>
            {
                if (value == 0 && !mayBeZero)
                {
                    return SocketFailure.InvalidArgument.ToError();
                }

                set(socket, value);
                return ComponentValue.Ok();
            });
        }

        return target
            .Func($"[method]{resource}.{name}", Get, Result(type, SocketFailures.Type), self)
            .Func($"[method]{resource}.set-{name}", Set, Result(null, SocketFailures.Type), self, new WitField("value", type));
    }

    private static SocketOptionLevel LevelOf(GuestSocket socket) =>
        socket.Family == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;

    private static SocketOptionName HopLimitOf(GuestSocket socket) =>
        socket.Family == AddressFamily.InterNetwork ? SocketOptionName.IpTimeToLive : SocketOptionName.HopLimit;

    private static ulong Get(GuestSocket socket, SocketOptionName name) => (ulong)(int)socket.Socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;

    private static void Set(GuestSocket socket, SocketOptionName name, int value) =>
        socket.Socket.SetSocketOption(SocketOptionLevel.Tcp, name, value);

    // WIT lets hosts round and cap: whole seconds, up to what Linux takes.
    private static int ToSeconds(ulong nanoseconds) =>
        (int)Math.Clamp(nanoseconds / NanosecondsPerSecond + (nanoseconds % NanosecondsPerSecond > 0 ? 1UL : 0), 1, (ulong)short.MaxValue);

    private static int ToSize(ulong bytes) => (int)Math.Min(bytes, 1 << 20);
}
