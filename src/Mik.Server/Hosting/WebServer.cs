using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Mik.Server.Configuration;

namespace Mik.Server.Hosting;

/// <summary>Kestrel as this server uses it: one port, two protocols, no application framework on top.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    // The pipeline's own limits are smaller and answer with a problem document; these stop what is out of all proportion.
    private const int MaxRequestLineBytes = 64 * 1024;
    private const int MaxHeaderBytes = 256 * 1024;
    private const int MaxHeaders = 1000;

    /// <summary>How long a client may be slower than the least rate: what the framework gives, enough for a connection to gather way.</summary>
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// As many connections wait to be accepted as the system allows. Beyond it drops them without a word and a client tries again after a second: of a
    /// thousand that came at once, two hundred did with the 512 that the framework gives.
    /// </summary>
    private static readonly SocketTransportOptions Sockets = new() { UnsafePreferInlineScheduling = true, Backlog = int.MaxValue };

    private readonly KestrelServer _kestrel;
    private readonly PriorKnowledge _transport;
    private readonly string _host;
    private readonly int _port;

    public WebServer(ServerConfig config, HttpConfig http, ulong? socket, TimeProvider time, ILoggerFactory loggers)
    {
        _host = config.Host;
        _port = config.Port;
        _transport = new PriorKnowledge(new SocketTransportFactory(Options.Create(Sockets), loggers), TimeSpan.FromSeconds(http.HeaderTimeoutSecs), time);
        _kestrel = new KestrelServer(Options.Create(OptionsOf(socket is { } handle ? new FileHandleEndPoint(handle, FileHandleType.Auto) : AddressOf(config), http, _transport)), _transport, loggers);
    }

    /// <summary>Where clients reach the server, with the port it was given when it asked for any.</summary>
    public string Url
    {
        get
        {
            if (_transport.Bound is UnixDomainSocketEndPoint local)
            {
                return $"unix:{local}";
            }

            var host = _host is "0.0.0.0" or "::" or "[::]" ? "localhost" : _host;
            var port = _transport.Bound is IPEndPoint bound ? bound.Port : _port;
            return host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"http://[{host}]:{port}" : $"http://{host}:{port}";
        }
    }

    /// <summary>Listens.</summary>
    /// <exception cref="MikStartException">The address cannot be had.</exception>
    public async Task StartAsync(HttpApplication application, CancellationToken cancellation)
    {
        try
        {
            await _kestrel.StartAsync<HttpContext>(application, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException or AddressInUseException)
        {
            throw new MikStartException($"cannot listen on {_host}:{_port}: {failure.Message}", failure);
        }
    }

    /// <summary>Stops listening, lets connections finish what they are doing, and cuts them off when the token fires.</summary>
    public Task StopAsync(CancellationToken cutOff) => _kestrel.StopAsync(cutOff);

    public ValueTask DisposeAsync()
    {
        _kestrel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static KestrelServerOptions OptionsOf(EndPoint address, HttpConfig http, PriorKnowledge transport)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MaxHeaders;
        options.Limits.MaxConcurrentConnections = http.MaxConnections;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(http.HeaderTimeoutSecs);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(http.KeepAliveSecs);
        options.Limits.MinRequestBodyDataRate = http.MinBytesPerSec > 0 ? new MinDataRate(http.MinBytesPerSec, RateGrace) : null;
        options.Limits.MinResponseDataRate = options.Limits.MinRequestBodyDataRate;
        options.Limits.Http2.MaxStreamsPerConnection = http.MaxStreamsPerConnection;
        options.Limits.Http2.MaxRequestHeaderFieldSize = MaxHeaderBytes;
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Listen(address, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => connection => transport.DispatchAsync(connection, next));
        });
        options.Listen(PriorKnowledge.Http2EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        return options;
    }

    private static IPEndPoint AddressOf(ServerConfig config)
    {
        var host = config.Host.Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
        {
            return new IPEndPoint(address, config.Port);
        }

        try
        {
            var addresses = Dns.GetHostAddresses(host);
            var best = addresses.FirstOrDefault(static each => each.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
            return new IPEndPoint(best, config.Port);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new MikStartException($"cannot listen on '{config.Host}': no address has that name", failure);
        }
    }
}
