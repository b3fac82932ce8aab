using System.Globalization;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;

namespace Mik.Server.Execution;

/// <summary>
/// How many scripts' calls led to a request. A handler that a script calls may send a request that comes back to this server and to a
/// script; each round takes a guest, a thread and a place, so that a circle would fill the server. The depth travels in a header that guests
/// cannot change. A client that makes one up shortens its own request's way and nobody else's.
/// </summary>
internal static class CallDepth
{
    /// <summary>The header that carries it between servers.</summary>
    public const string Header = "x-mik-call-depth";

    /// <summary>The depth a request came with; 0 when it has none that can be read.</summary>
    public static int Of(string? header) =>
        int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth : 0;

    /// <summary>Marks what a handler sends with the depth it runs at.</summary>
    public static IOutgoingHttp Mark(IOutgoingHttp http, int depth) => depth == 0 ? http : new Marked(http, depth);

    private sealed class Marked(IOutgoingHttp http, int depth) : IOutgoingHttp
    {
        public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation)
        {
            var headers = request.Headers.Where(static header => !header.Name.Equals(Header, StringComparison.OrdinalIgnoreCase)).ToList();
            headers.Add(new HttpField(Header, depth.ToString(CultureInfo.InvariantCulture)));
            return http.SendAsync(request with { Headers = headers }, cancellation);
        }
    }
}
