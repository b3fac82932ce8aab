namespace Mik.Wasi.Http.Outgoing;

/// <summary>Sends what guests send. The place for policy: what is not allowed is refused here. Thread-safe.</summary>
public interface IOutgoingHttp
{
    /// <summary>Sends a request and gives its response as soon as the headers are there.</summary>
    /// <param name="request">The request; its body is still being written.</param>
    /// <param name="cancellation">Nobody waits for the response any more.</param>
    /// <exception cref="OutgoingHttpException">It failed, in a way the guest is told.</exception>
    Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation);
}
