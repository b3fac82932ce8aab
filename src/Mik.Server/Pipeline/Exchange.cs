using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.Observability;
using Mik.Server.Routing;
using Mik.Server.Tracing;
using Mik.Wasi.Http;

namespace Mik.Server.Pipeline;

/// <summary>
/// One request and its response in flight. The only place where the web server's types are translated: what runs below the pipeline
/// gets the server's own.
/// </summary>
internal sealed class Exchange
{
    private CancellationTokenSource? _abandoned;
    private long _answered;

    /// <summary>Begins to serve a request.</summary>
    /// <param name="http">The web server's view of it.</param>
    /// <param name="catalog">The handlers there are; a reload meanwhile changes nothing for this exchange.</param>
    /// <param name="time">The clock for its duration.</param>
    /// <param name="maxBodyBytes">The largest body to accept.</param>
    public Exchange(HttpContext http, HandlerCatalog catalog, TimeProvider time, long maxBodyBytes)
    {
        Http = http;
        Catalog = catalog;
        Time = time;
        Started = time.GetTimestamp();
        Address = RequestTarget.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        RequestId = Observability.RequestId.From(http.Request.Headers["X-Request-ID"]);
        var isTraced = TraceContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers["tracestate"], out var caller);
        Span = Spans.StartRequest(caller);
        Trace = Span is null ? TraceContext.Below(caller) : TraceContext.Of(Span, isTraced);
        CallDepth = Execution.CallDepth.Of(http.Request.Headers[Execution.CallDepth.Header]);
        var hasBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? http.Request.ContentLength > 0;
        Body = hasBody ? new RequestBody(http.Request.Body, maxBodyBytes) : null;
        Stamp();
    }

    /// <summary>The web server's view, for those who write the response.</summary>
    public HttpContext Http { get; }

    public HandlerCatalog Catalog { get; }

    public TimeProvider Time { get; }

    /// <summary>When serving began, as a timestamp of <see cref="Time"/>.</summary>
    public long Started { get; }

    public string Method => Http.Request.Method;

    /// <summary>Path and query as they were sent.</summary>
    public RequestTarget Address { get; }

    public string RequestId { get; }

    public TraceContext Trace { get; }

    /// <summary>The request's span; <see langword="null"/> when nobody records it.</summary>
    public Activity? Span { get; }

    /// <summary>How many scripts' calls led to this request.</summary>
    public int CallDepth { get; }

    /// <summary>The request's body; <see langword="null"/> when it has none.</summary>
    public RequestBody? Body { get; }

    /// <summary>What the path names, once that is known.</summary>
    public Target? Target { get; set; }

    /// <summary>The handler the request is for.</summary>
    public string? Handler => (Target as HandlerTarget)?.Handler.Name;

    /// <summary>The script the request is for.</summary>
    public string? Script => Target switch
    {
        ScriptTarget(var name, null) => name,
        ScriptTarget(var name, var tenant) => $"{tenant.DisplayName}/{LogText.Of(name)}",
        _ => null,
    };

    /// <summary>How long serving has taken so far.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(Started);

    /// <summary>How long the client waited for the end of its answer; as long as there is none, how long it has been waiting.</summary>
    public TimeSpan Duration => _answered == 0 ? Elapsed : Time.GetElapsedTime(Started, _answered);

    /// <summary>The calls of the script the request is for.</summary>
    public CallLog Calls { get; set; } = CallLog.None;

    /// <summary>How many bytes of the answer's body were sent, counted before they were compressed.</summary>
    public long BytesSent { get; set; }

    /// <summary>Fires when the client has gone.</summary>
    public CancellationToken ClientGone => Http.RequestAborted;

    /// <summary>Fires when there is no sense in going on: the client has gone, or its request turned out to be no good.</summary>
    public CancellationToken Abandoned
    {
        get
        {
            if (Body is null)
            {
                return ClientGone;
            }

            _abandoned ??= CancellationTokenSource.CreateLinkedTokenSource(ClientGone, Body.Failed);
            return _abandoned.Token;
        }
    }

    /// <summary>Why <see cref="Abandoned"/> fired.</summary>
    public Fault AbandonedBecause() => Body?.Fault ?? new Fault(FaultKind.ClientGone, "The client went away.");

    /// <summary>What a handler sees of the request: the connection's own headers stay here, the trace goes on.</summary>
    public HandlerRequest ToHandlerRequest(string pathAndQuery)
    {
        var span = Spans.StartHandler(Handler!, Trace);
        var trace = span is null ? Trace : TraceContext.Of(span, Trace);
        var headers = new List<HttpField>(Http.Request.Headers.Count + 2);
        foreach (var (name, values) in Http.Request.Headers)
        {
            if (!IsReplaced(name) && !HeaderRules.IsOfConnection(name))
            {
                foreach (var value in values)
                {
                    headers.Add(new HttpField(name, value ?? ""));
                }
            }
        }

        headers.Add(new HttpField("x-request-id", RequestId));
        trace.AddTo(headers);
        return new HandlerRequest
        {
            Method = Method,
            PathAndQuery = pathAndQuery,
            Authority = Http.Request.Host.Value is { Length: > 0 } host ? host : "localhost",
            Headers = headers,
            Body = Body ?? Stream.Null,
            Trailers = Body is null ? null : Trailers,
            RequestId = RequestId,
            CallDepth = CallDepth,
            Trace = trace,
            Span = span,
        };
    }

    /// <summary>What a script sees of the request, its body read to the end.</summary>
    /// <exception cref="FaultException">The body cannot be read.</exception>
    public async Task<ScriptRequest> ToScriptRequestAsync()
    {
        var headers = new List<ScriptHeader>(Http.Request.Headers.Count);
        foreach (var (name, values) in Http.Request.Headers)
        {
            if (!name.StartsWith(':') && !HeaderRules.IsOfConnection(name))
            {
                foreach (var value in values)
                {
                    headers.Add(new ScriptHeader(name, value ?? ""));
                }
            }
        }

        var body = new MemoryStream();
        if (Body is not null)
        {
            await Body.CopyToAsync(body, ClientGone);
        }

        return new ScriptRequest
        {
            Method = Method,
            Path = Address.Path,
            Query = Address.Query.Length > 0 ? Address.Query[1..] : "",
            Headers = headers,
            Body = body.GetBuffer().AsMemory(0, (int)body.Length),
            RequestId = RequestId,
            CallDepth = CallDepth,
            Usage = new ScriptUsage(),
        };
    }

    /// <summary>Puts the headers on the response that every response has.</summary>
    public void Stamp()
    {
        Http.Response.Headers["X-Request-ID"] = RequestId;
        Http.Response.Headers.TraceParent = Trace.TraceParent;
    }

    /// <summary>The whole answer has been handed to the web server.</summary>
    public void MarkAnswered() => _answered = Time.GetTimestamp();

    /// <summary>Whether part of the response may have reached the client.</summary>
    public bool HasStarted => Http.Response.HasStarted;

    /// <summary>Cuts the connection or stream, so that what was sent cannot be taken for whole.</summary>
    public void Abort() => Http.Abort();

    /// <summary>The exchange is over. Nothing of the request may be read any more.</summary>
    public void Close() => _abandoned?.Dispose();

    private List<HttpField> Trailers()
    {
        var trailers = new List<HttpField>();
        if (Http.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } feature)
        {
            foreach (var (name, values) in feature.Trailers)
            {
                if (HeaderRules.IsTrailer(name))
                {
                    trailers.AddRange(values.Select(value => new HttpField(name, value ?? "")));
                }
            }
        }

        return trailers;
    }

    private static bool IsReplaced(string name) =>
        name.StartsWith(':')
        || name.Equals("host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)
        || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)
        || name.Equals(Execution.CallDepth.Header, StringComparison.OrdinalIgnoreCase);
}
