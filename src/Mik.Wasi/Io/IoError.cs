using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Filesystem;
using Mik.Wasi.Http;
using Mik.Wasi.Sockets;

namespace Mik.Wasi.Io;

/// <summary>Why a stream failed. wit: wasi:io/error#error</summary>
internal sealed class IoError(WasiContext context, string message, HttpErrorCode? http = null) : GuestResource(context)
{
    public static HostResourceType Type { get; } = TypeOf("error");

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:io/error")
        .Resource(Type)
        .Func("[method]error.to-debug-string", ToDebugString, WitType.String, new WitField("self", WitType.Borrow(Type)));

    public string Message { get; } = message;

    /// <summary>What <c>wasi:http/types.http-error-code</c> says about it.</summary>
    public HttpErrorCode? Http { get; } = http;

    /// <summary>What <c>wasi:filesystem/types.filesystem-error-code</c> says about it: an error of the system.</summary>
    public int? File { get; private init; }

    /// <summary>What <c>wasi:sockets/network.network-error-code</c> says about it.</summary>
    public SocketFailure? Socket { get; private init; }

    /// <summary>A failure of a connection.</summary>
    public static IoError OfSocket(WasiContext context, SocketFailure failure) => new(context, $"the connection failed: {failure}") { Socket = failure };

    /// <summary>A failure of a file.</summary>
    public static IoError OfFile(WasiContext context, int error) => new(context, Errno.Names[Errno.CaseOf(error)]) { File = error };

    // wit: wasi:io/error#error.to-debug-string
    internal static ComponentValue ToDebugString(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.String(arguments[0].AsResource<IoError>().Message);
}
