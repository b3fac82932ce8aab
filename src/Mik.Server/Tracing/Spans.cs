using System.Diagnostics;
using System.Reflection;
using Mik.Server.Faults;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Routing;
using Mik.Wasi.Http.Outgoing;

namespace Mik.Server.Tracing;

/// <summary>
/// The spans of a request: the request itself, the run of a script, its calls, runs of handlers, and what handlers send. Their attributes
/// are those of OpenTelemetry's conventions for HTTP. While nobody listens there are none, and asking for one costs a comparison.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Parents are handed over explicitly. Guests run on threads that carry nothing from one request to the next, so that there is no current
/// span here.
/// </remarks>
internal static class Spans
{
    /// <summary>The source's name, for whoever wants to listen.</summary>
    public const string SourceName = "Mik.Server";

    // Longer paths and methods are cut: what a span says of one is for people.
    private const int MaxTextLength = 1024;

    private static readonly ActivitySource Source = new(
        SourceName, typeof(Spans).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>Begins the span of a client's request.</summary>
    /// <param name="parent">Where the client says it comes from; the default begins a trace.</param>
    public static Activity? StartRequest(ActivityContext parent) =>
        Source.HasListeners() ? Start("request", ActivityKind.Server, parent) : null;

    /// <summary>Begins the span of a script's run. Whether there is such a script turns out later: it is named when it ends.</summary>
    public static Activity? StartScript(TraceContext parent) =>
        Source.HasListeners() ? Start("script", ActivityKind.Internal, parent.ToParent(isRemote: false)) : null;

    /// <summary>Begins the span of a handler's run.</summary>
    public static Activity? StartHandler(string handler, TraceContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Start(SpanNames.Of("handler", handler), ActivityKind.Internal, parent.ToParent(isRemote: false));
        span?.SetTag("mik.handler", handler);
        return span;
    }

    /// <summary>Begins the span of a script's call.</summary>
    /// <param name="handler">The handler that is called; <see langword="null"/> when there is none of the name the script asked for.</param>
    /// <param name="method">The call's method.</param>
    /// <param name="path">The call's path.</param>
    /// <param name="parent">The script's span.</param>
    public static Activity? StartCall(string? handler, string method, string path, TraceContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Start(SpanNames.Of("host.call", handler), ActivityKind.Client, parent.ToParent(isRemote: false));
        span?.SetTag("mik.handler", handler).SetTag("http.request.method", SpanNames.MethodOf(method)).SetTag("url.path", TextOf(path.Split('?', 2)[0]));
        return span;
    }

    /// <summary>Begins the span of a request that a handler sends.</summary>
    public static Activity? StartOutgoing(OutgoingHttpRequest request, TraceContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var method = SpanNames.MethodOf(request.Method);
        var span = Start(method == SpanNames.OtherMethod ? "HTTP" : method, ActivityKind.Client, parent.ToParent(isRemote: false));

        // Without query and credentials, which may be secrets. The path is as the handler wrote it, which GetComponents does not give.
        span?.SetTag("http.request.method", method)
            .SetTag("url.full", TextOf(request.Uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + request.Uri.AbsolutePath))
            .SetTag("server.address", request.Uri.IdnHost)
            .SetTag("server.port", request.Uri.Port);
        return span;
    }

    /// <summary>Ends the span of a client's request.</summary>
    /// <param name="exchange">The exchange, which is over.</param>
    /// <param name="isKnown">Whether what its path names exists.</param>
    /// <param name="fault">What went wrong, if anything did.</param>
    public static void EndRequest(Exchange exchange, bool isKnown, Fault? fault)
    {
        if (exchange.Span is not { } span)
        {
            return;
        }

        var (method, route) = (SpanNames.MethodOf(exchange.Method), RouteLabels.Of(exchange.Target, isKnown).Template);
        var status = fault?.Rule.Status ?? exchange.Http.Response.StatusCode;
        var name = method == SpanNames.OtherMethod ? "HTTP" : method;
        span.DisplayName = route is null ? name : $"{name} {route}";
        span.SetTag("http.request.method", method)
            .SetTag("http.request.method_original", method == exchange.Method ? null : TextOf(exchange.Method))
            .SetTag("http.route", route)
            .SetTag("http.response.status_code", status)
            .SetTag("url.scheme", exchange.Http.Request.Scheme)
            .SetTag("url.path", TextOf(exchange.Address.Path))
            .SetTag("network.protocol.version", SpanNames.VersionOf(exchange.Http.Request.Protocol))
            .SetTag("mik.request_id", exchange.RequestId);

        // A server is not in error because of what its client did wrong.
        if (status >= 500)
        {
            Fail(span, fault?.Rule.Slug ?? SpanNames.StatusText(status), fault?.Detail);
        }

        Stop(span);
    }

    /// <summary>Ends the span of a script's run.</summary>
    /// <param name="span">The span.</param>
    /// <param name="script">The script's name, if there is such a script.</param>
    /// <param name="outcome">How it ended; <see langword="null"/> when the server itself failed.</param>
    public static void EndScript(Activity? span, string? script, Outcome? outcome)
    {
        if (span is not null)
        {
            span.DisplayName = SpanNames.Of("script", script);
            span.SetTag("mik.script", script);
            End(span, outcome is null ? new Fault(FaultKind.HostFailed, "The script could not be run.") : (outcome as FailedOutcome)?.Fault);
        }
    }

    /// <summary>Ends a span that has a status to tell: an answer from elsewhere, which may be an error there.</summary>
    public static void EndAnswered(Activity? span, int status)
    {
        if (span is not null)
        {
            span.SetTag("http.response.status_code", status);
            if (status >= 400)
            {
                Fail(span, SpanNames.StatusText(status), detail: null);
            }

            Stop(span);
        }
    }

    /// <summary>Ends a span in error.</summary>
    public static void EndFailed(Activity? span, string errorType, string? detail)
    {
        if (span is not null)
        {
            Fail(span, errorType, detail);
            Stop(span);
        }
    }

    /// <summary>Ends a span.</summary>
    public static void End(Activity? span, Fault? fault)
    {
        if (span is not null)
        {
            if (fault is not null)
            {
                Fail(span, fault.Rule.Slug, fault.Detail);
            }

            Stop(span);
        }
    }

    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent)
    {
        var current = Activity.Current;
        Activity.Current = null; // or it would be the parent of a span that has none
        try
        {
            return Source.CreateActivity(name, kind, parent, tags: null, links: null, ActivityIdFormat.W3C)?.Start();
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void Stop(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    private static void Fail(Activity span, string errorType, string? detail) =>
        span.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error, detail);

    private static string TextOf(string text) => LogText.Of(text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…");
}
