using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Mik.Wasi.Http.Outgoing;

/// <summary>Tells failed TLS handshakes apart, which .NET reports as one kind of exception.</summary>
internal static partial class TlsFailure
{
    // openssl: SSL_AD_REASON_OFFSET. Alerts of the other side are its error codes from here on.
    private const int FirstAlertReason = 1000;
    private const int ReasonBits = 23;

    /// <summary>Accepts a certificate as .NET judges it.</summary>
    /// <exception cref="OutgoingHttpException">It is not accepted. Returning so would look like any other failure.</exception>
    public static bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new OutgoingHttpException(new HttpErrorCode(HttpErrorKind.TlsCertificateError));

    public static HttpErrorCode Explain(AuthenticationException failure)
    {
        for (var inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (AlertIn(inner.Message) is { } alert)
            {
                return new HttpErrorCode(HttpErrorKind.TlsAlertReceived, alert.Text, alert.Number);
            }
        }

        return new HttpErrorCode(HttpErrorKind.TlsProtocolError);
    }

    private static (ulong Number, string Text)? AlertIn(string message)
    {
        if (OpenSslError().Match(message) is not { Success: true } error)
        {
            return null;
        }

        var code = uint.Parse(error.Groups["code"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var alert = (long)(code & ((1 << ReasonBits) - 1)) - FirstAlertReason;
        return alert is >= 0 and <= byte.MaxValue ? ((ulong)alert, error.Groups["text"].Value) : null;
    }

    // openssl: ERR_error_string, "error:0A000410:SSL routines::ssl/tls alert handshake failure"
    [GeneratedRegex("error:(?<code>[0-9A-Fa-f]{8}):[^:]*:[^:]*:(?<text>[^:\r\n]*)")]
    private static partial Regex OpenSslError();
}
