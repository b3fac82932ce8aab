using System.Net.Sockets;
using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Wasi.Sockets;

/// <summary>What goes wrong with sockets, in WASI's order. wit: wasi:sockets/network#error-code</summary>
internal enum SocketFailure
{
    Unknown,
    AccessDenied,
    NotSupported,
    InvalidArgument,
    OutOfMemory,
    Timeout,
    ConcurrencyConflict,
    NotInProgress,
    WouldBlock,
    InvalidState,
    NewSocketLimit,
    AddressNotBindable,
    AddressInUse,
    RemoteUnreachable,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    DatagramTooLarge,
    NameUnresolvable,
    TemporaryResolverFailure,
    PermanentResolverFailure,
}

/// <summary>Failures between the system, the host and guests.</summary>
internal static class SocketFailures
{
    public static WitType Type { get; } = WitType.Enum(
        "unknown", "access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout", "concurrency-conflict",
        "not-in-progress", "would-block", "invalid-state", "new-socket-limit", "address-not-bindable", "address-in-use",
        "remote-unreachable", "connection-refused", "connection-reset", "connection-aborted", "datagram-too-large",
        "name-unresolvable", "temporary-resolver-failure", "permanent-resolver-failure");

    public static ComponentValue ToError(this SocketFailure failure) => ComponentValue.Error(ComponentValue.OfCase((int)failure));

    public static SocketFailure Of(SocketError error) => error switch
    {
        SocketError.AccessDenied => SocketFailure.AccessDenied,
        SocketError.OperationNotSupported or SocketError.ProtocolNotSupported or SocketError.AddressFamilyNotSupported => SocketFailure.NotSupported,
        SocketError.InvalidArgument or SocketError.Fault => SocketFailure.InvalidArgument,
        SocketError.NoBufferSpaceAvailable => SocketFailure.OutOfMemory,
        SocketError.TimedOut => SocketFailure.Timeout,
        SocketError.WouldBlock or SocketError.InProgress => SocketFailure.WouldBlock,
        SocketError.NotConnected or SocketError.IsConnected => SocketFailure.InvalidState,
        SocketError.TooManyOpenSockets => SocketFailure.NewSocketLimit,
        SocketError.AddressNotAvailable => SocketFailure.AddressNotBindable,
        SocketError.AddressAlreadyInUse => SocketFailure.AddressInUse,
        SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown => SocketFailure.RemoteUnreachable,
        SocketError.ConnectionRefused => SocketFailure.ConnectionRefused,
        SocketError.ConnectionReset or SocketError.NetworkReset or SocketError.Shutdown => SocketFailure.ConnectionReset,
        SocketError.ConnectionAborted or SocketError.OperationAborted => SocketFailure.ConnectionAborted,
        SocketError.MessageSize => SocketFailure.DatagramTooLarge,
        SocketError.HostNotFound or SocketError.NoData => SocketFailure.NameUnresolvable,
        SocketError.TryAgain => SocketFailure.TemporaryResolverFailure,
        SocketError.NoRecovery => SocketFailure.PermanentResolverFailure,
        _ => SocketFailure.Unknown,
    };

    public static SocketFailure Of(Exception? failure) => failure switch
    {
        SocketException socket => Of(socket.SocketErrorCode),
        IOException { InnerException: SocketException socket } => Of(socket.SocketErrorCode),
        OperationCanceledException or ObjectDisposedException => SocketFailure.ConnectionAborted,
        _ => SocketFailure.Unknown,
    };
}
