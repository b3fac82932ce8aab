using System.Net.Sockets;
using System.Security.Authentication;

namespace Mik.Wasi.Http.Outgoing;

/// <summary>Tells HTTP failures of .NET in WASI's words.</summary>
internal static class OutgoingFailure
{
    public static HttpErrorCode Explain(Exception failure)
    {
        // The innermost cause knows best; .NET wraps what happens while connecting several times.
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OutgoingHttpException known:
                    return known.Code;
                case SocketException socket:
                    return Of(socket.SocketErrorCode);
                case AuthenticationException handshake:
                    return TlsFailure.Explain(handshake);
                case BodyAbortedException:
                    return HttpErrorCode.Internal("the request's body was not completed");
            }
        }

        return failure switch
        {
            HttpRequestException request => Of(request.HttpRequestError),
            HttpIOException io => Of(io.HttpRequestError),
            OperationCanceledException or IOException => new HttpErrorCode(HttpErrorKind.ConnectionTerminated),
            _ => HttpErrorCode.Internal("the request failed"),
        };
    }

    /// <summary>Whether <paramref name="failure"/> is of the network or the other side, rather than the host's own bug.</summary>
    public static bool IsExpected(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or SocketException or OutgoingHttpException;

    private static HttpErrorCode Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => new(HttpErrorKind.ConnectionRefused),
        SocketError.HostNotFound or SocketError.NoData => new(HttpErrorKind.DnsError, "NXDOMAIN"),
        SocketError.TryAgain or SocketError.NoRecovery => new(HttpErrorKind.DnsError, "SERVFAIL"),
        SocketError.TimedOut => new(HttpErrorKind.ConnectionTimeout),
        SocketError.NetworkUnreachable => new(HttpErrorKind.DestinationIpUnroutable),
        SocketError.HostUnreachable or SocketError.HostDown => new(HttpErrorKind.DestinationUnavailable),
        SocketError.TooManyOpenSockets => new(HttpErrorKind.ConnectionLimitReached),
        _ => new(HttpErrorKind.ConnectionTerminated),
    };

    private static HttpErrorCode Of(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => new(HttpErrorKind.DnsError),
        HttpRequestError.ConnectionError => new(HttpErrorKind.DestinationUnavailable),
        HttpRequestError.SecureConnectionError => new(HttpErrorKind.TlsProtocolError),
        HttpRequestError.ResponseEnded => new(HttpErrorKind.HttpResponseIncomplete),
        HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => new(HttpErrorKind.HttpProtocolError),
        HttpRequestError.ConfigurationLimitExceeded => new(HttpErrorKind.HttpResponseHeaderSectionSize),
        _ => HttpErrorCode.Internal("the request failed"),
    };
}
