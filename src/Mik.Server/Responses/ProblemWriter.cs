using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Mik.Server.Faults;
using Mik.Server.Pipeline;

namespace Mik.Server.Responses;

/// <summary>Answers with a fault, or cuts the response off when it is too late for that.</summary>
/// <param name="development">Whether clients are the developers themselves, who may see diagnoses.</param>
internal sealed class ProblemWriter(bool development)
{
    /// <summary>Tells the client about a fault.</summary>
    public async Task WriteAsync(Exchange exchange, Fault fault)
    {
        if (fault.Kind == FaultKind.ClientGone || exchange.HasStarted)
        {
            // Nobody listens, or a part has been sent that must not be taken for the whole.
            exchange.Abort();
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(Describe(exchange, fault), ProblemJson.Readable.ProblemDocument);
        var response = exchange.Http.Response;
        response.Clear();
        exchange.Stamp();
        response.StatusCode = fault.Rule.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (fault.RetryAfter is { } delay)
        {
            response.Headers.RetryAfter = RetryAfter(delay);
        }

        foreach (var (name, value) in fault.Headers)
        {
            response.Headers[name] = value;
        }

        if (fault.Kind == FaultKind.MethodNotAllowed)
        {
            response.Headers.Allow = "GET, HEAD";
        }

        if (LeavesConnectionUnusable(fault.Kind) && HttpProtocol.IsHttp11(exchange.Http.Request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        await response.Body.WriteAsync(body, exchange.ClientGone);
        exchange.BytesSent = body.Length;
        await response.CompleteAsync();
        exchange.MarkAnswered();
    }

    private ProblemDocument Describe(Exchange exchange, Fault fault) => ProblemDocument.Of(fault, exchange.RequestId, development) with
    {
        Handler = exchange.Handler,
        Script = exchange.Script,
    };

    /// <summary>Whether the rest of the request may still be on its way, or the client should go elsewhere.</summary>
    private static bool LeavesConnectionUnusable(FaultKind kind) => kind
        is FaultKind.BodyTooLarge or FaultKind.BodyTooSlow or FaultKind.RequestMalformed or FaultKind.Draining;

    /// <summary>The value of a <c>Retry-After</c> header: whole seconds, rounded up, since coming back too early is worse than late.</summary>
    public static string RetryAfter(TimeSpan delay) =>
        Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
