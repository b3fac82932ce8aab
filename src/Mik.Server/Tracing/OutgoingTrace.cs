using Mik.Server.Observability;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;

namespace Mik.Server.Tracing;

/// <summary>
/// Lets what a handler sends continue the trace of its request. A handler that keeps spans of its own and says so in a valid
/// <c>traceparent</c> is not corrected; one that passes on what it was given gets a span for what it sends.
/// </summary>
/// <param name="http">Sends.</param>
/// <param name="trace">The handler's run.</param>
internal sealed class OutgoingTrace(IOutgoingHttp http, TraceContext trace) : IOutgoingHttp
{
    /// <inheritdoc/>
    public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation)
    {
        var span = Spans.StartOutgoing(request, trace);
        if (!HasSpanOfItsOwn(request.Headers))
        {
            request = request with { Headers = WithTrace(request.Headers, span is null ? trace : TraceContext.Of(span, trace)) };
        }

        var response = http.SendAsync(request, cancellation);
        return span is null ? response : FollowAsync(response, span);
    }

    private static async Task<OutgoingHttpResponse> FollowAsync(Task<OutgoingHttpResponse> sending, System.Diagnostics.Activity span)
    {
        try
        {
            var response = await sending.ConfigureAwait(false);
            Spans.EndAnswered(span, response.Status);
            return response;
        }
        catch (Exception failure)
        {
            Spans.EndFailed(span, failure is OutgoingHttpException known ? known.Code.Kind.ToString() : failure.GetType().Name, detail: null);
            throw;
        }
    }

    private bool HasSpanOfItsOwn(IReadOnlyList<HttpField> headers)
    {
        string? parent = null;
        foreach (var header in headers)
        {
            if (IsTraceParent(header.Name))
            {
                if (parent is not null)
                {
                    return false;
                }

                parent = header.Value;
            }
        }

        return TraceContext.TryParse(parent, null, out var own) && own.SpanId.ToHexString() != trace.SpanId;
    }

    private static List<HttpField> WithTrace(IReadOnlyList<HttpField> headers, TraceContext trace)
    {
        var sent = new List<HttpField>(headers.Count + 2);
        foreach (var header in headers)
        {
            if (!IsTraceParent(header.Name) && !header.Name.Equals("tracestate", StringComparison.OrdinalIgnoreCase))
            {
                sent.Add(header);
            }
        }

        trace.AddTo(sent);
        return sent;
    }

    private static bool IsTraceParent(string name) => name.Equals("traceparent", StringComparison.OrdinalIgnoreCase);
}
