using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mik.Benchmarks.Requests;

/// <summary>A client's connection without a wire: sends the same small request again and again, and keeps its objects, as the web server does.</summary>
internal sealed class InProcessConnection : IDisposable
{
    private readonly DefaultHttpContext _http = new();
    private readonly FeatureCollection _features = new();
    private readonly HttpRequestFeature _request;
    private readonly MemoryStream _body;
    private readonly MemoryStream _answer = new();

    // A web server's tokens can fire, and everybody downstream registers with them.
    private readonly CancellationTokenSource _closed = new();

    public InProcessConnection(byte[] body)
    {
        _body = new MemoryStream(body, writable: false);
        _request = new HttpRequestFeature { Method = "POST", Protocol = "HTTP/1.1", Scheme = "http", Body = _body };
        _request.Headers.Host = "localhost:3000";
        _request.Headers.ContentType = "application/json";
        _request.Headers.ContentLength = body.Length;
        _request.Headers.UserAgent = "benchmark";
        _features.Set<IHttpRequestFeature>(_request);
        _features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = _closed.Token });
    }

    /// <summary>The request arrives.</summary>
    public HttpContext Begin(string path)
    {
        (_request.Path, _request.RawTarget, _body.Position) = (path, path, 0);
        _answer.SetLength(0);
        _features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        _features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_answer));
        _http.Initialize(_features);
        return _http;
    }

    /// <summary>The answer has been sent; its body.</summary>
    public byte[] End()
    {
        _http.Uninitialize();
        return _answer.ToArray();
    }

    public void Dispose()
    {
        _closed.Dispose();
        _body.Dispose();
        _answer.Dispose();
    }
}
