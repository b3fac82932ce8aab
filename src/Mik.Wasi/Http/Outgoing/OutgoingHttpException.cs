namespace Mik.Wasi.Http.Outgoing;

/// <summary>A request failed in a way the guest is told.</summary>
public sealed class OutgoingHttpException(HttpErrorCode code, Exception? cause = null) : Exception(code.ToString(), cause)
{
    /// <summary>What the guest is told.</summary>
    public HttpErrorCode Code { get; } = code;
}
