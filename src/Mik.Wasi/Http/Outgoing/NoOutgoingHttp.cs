namespace Mik.Wasi.Http.Outgoing;

/// <summary>Refuses every request.</summary>
internal sealed class NoOutgoingHttp : IOutgoingHttp
{
    public static NoOutgoingHttp Instance { get; } = new();

    public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation) =>
        Task.FromException<OutgoingHttpResponse>(new OutgoingHttpException(new HttpErrorCode(HttpErrorKind.HttpRequestDenied)));
}
