using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mik.Wasi.Http.Outgoing;

/// <summary>
/// Sends requests as guests write them: no redirects, cookies, decompression or proxies, and no host the policy does not know.
/// The policy also judges the address that is really connected to, so that a name cannot lead inside. Connections are kept and
/// shared by everyone under the same policy; use one client per policy. Thread-safe.
/// </summary>
public sealed class OutgoingHttpClient : IOutgoingHttp, IDisposable
{
    // Names move: a connection kept for ever would never notice.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // wit: wasi:http/types#request-options. What hosts commonly apply when the guest does not say.
    private static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(30);

    // As much as common clients and servers take. A guest's own bound on fields is larger.
    private const int MaxHeaderKiB = 64;

    private static readonly string[] UsuallyWithBody = ["POST", "PUT", "PATCH"];

    private readonly OutgoingPolicy _policy;
    private readonly TimeProvider _time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpMessageInvoker _http;

    /// <summary>Creates a client.</summary>
    /// <param name="policy">Whom it may contact, and how much it takes from them.</param>
    /// <param name="time">The clock behind its timeouts.</param>
    public OutgoingHttpClient(OutgoingPolicy policy, TimeProvider? time = null)
        : this(policy, time ?? TimeProvider.System, Dns.GetHostAddressesAsync)
    {
    }

    internal OutgoingHttpClient(
        OutgoingPolicy policy, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _policy = policy;
        _time = time;
        _resolve = resolve;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = ConnectionLifetime,
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = MaxHeaderKiB,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = TlsFailure.Accept },
        });
    }

    /// <inheritdoc/>
    public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation) =>
        _policy.Judge(request.Uri.IdnHost) == HostReach.Denied
            ? Task.FromException<OutgoingHttpResponse>(new OutgoingHttpException(new HttpErrorCode(HttpErrorKind.HttpRequestDenied)))
            : SendAllowedAsync(request, cancellation);

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<OutgoingHttpResponse> SendAllowedAsync(OutgoingHttpRequest request, CancellationToken cancellation)
    {
        using var clock = new ConnectClock(request, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        HttpRequestMessage? message = null;
        try
        {
            message = await ToMessageAsync(request, either.Token).ConfigureAwait(false);
            message.Options.Set(ConnectClock.Key, clock);
            var response = await _http.SendAsync(message, either.Token).ConfigureAwait(false);
            return await ToResponseAsync(response, message, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (OutgoingFailure.IsExpected(failure))
        {
            message?.Dispose();
            request.Body?.Stop();
            var code = clock.Expired is { } expired ? new HttpErrorCode(expired) : OutgoingFailure.Explain(failure);
            throw new OutgoingHttpException(code, failure);
        }
    }

    private static async Task<HttpRequestMessage> ToMessageAsync(OutgoingHttpRequest request, CancellationToken cancellation)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

        // Guests often take the body of a GET just to finish it. Sending no body at all then needs a look at what comes; where
        // a body is usual the head goes out at once, for guests that want to see the response before they write.
        if (request.Body is { } body
            && (UsuallyWithBody.Contains(request.Method) || await body.AnyAsync(cancellation).ConfigureAwait(false)))
        {
            message.Content = new GuestContent(body);
        }

        foreach (var header in request.Headers)
        {
            // The length is one number or no request at all, and goes where there is a body.
            if (header.Name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
            {
                message.Content?.Headers.ContentLength = long.Parse(header.Value, NumberStyles.None, CultureInfo.InvariantCulture);
            }
            else if (!message.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                message.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        return message;
    }

    private async Task<OutgoingHttpResponse> ToResponseAsync(
        HttpResponseMessage response, HttpRequestMessage message, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength is { } length && length > _policy.MaxResponseBytes)
        {
            response.Dispose();
            throw new OutgoingHttpException(BoundedBody.TooLarge(length));
        }

        var headers = new List<HttpField>();
        Collect(response.Headers.NonValidated, headers);
        Collect(response.Content.Headers.NonValidated, headers);
        return new OutgoingHttpResponse
        {
            Status = (int)response.StatusCode,
            Headers = headers,
            Body = new BoundedBody(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), _policy.MaxResponseBytes),
            Trailers = () =>
            {
                var trailers = new List<HttpField>();
                Collect(response.TrailingHeaders.NonValidated, trailers);
                return trailers;
            },
            Owner = new Exchange(message, response),
        };
    }

    private static void Collect(System.Net.Http.Headers.HttpHeadersNonValidated from, List<HttpField> to)
    {
        foreach (var (name, values) in from)
        {
            foreach (var value in values)
            {
                to.Add(new HttpField(name, value));
            }
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        context.InitialRequestMessage.Options.TryGetValue(ConnectClock.Key, out var clock);
        clock?.Connecting();

        // The request may give up on this connection and leave it to others, so that it needs a limit of its own.
        using var limit = new CancellationTokenSource(DefaultConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var stream = await ConnectAsync(context.DnsEndPoint, clock, either.Token).ConfigureAwait(false);
            clock?.Connected();
            return stream;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new OutgoingHttpException(new HttpErrorCode(HttpErrorKind.ConnectionTimeout));
        }
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, ConnectClock? clock, CancellationToken cancellation)
    {
        var host = target.Host.Trim('[', ']');
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await _resolve(host, cancellation).ConfigureAwait(false);

        clock?.Resolved();

        // Judged again, because the pool below may connect for any request to this host; and by address, now that it is known.
        var allowed = _policy.Judge(host) switch
        {
            HostReach.Anywhere => addresses,
            HostReach.Public => Array.FindAll(addresses, AddressRules.IsPublic),
            _ => [],
        };
        if (allowed.Length == 0)
        {
            throw new OutgoingHttpException(new HttpErrorCode(
                addresses.Length > 0 ? HttpErrorKind.DestinationIpProhibited : HttpErrorKind.DnsError));
        }

        for (var i = 0; ; i++)
        {
            var socket = new Socket(allowed[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(allowed[i], target.Port), cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < allowed.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private sealed class Exchange(HttpRequestMessage request, HttpResponseMessage response) : IDisposable
    {
        public void Dispose()
        {
            response.Dispose();
            request.Dispose();
        }
    }
}
