using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Http;

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

    // wit: wasi:io/error#error.to-debug-string
    internal static ComponentValue ToDebugString(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.String(arguments[0].AsResource<IoError>().Message);
}
