using System.Reflection;
using Microsoft.Extensions.Logging;
using Mik.Server.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mik.Server.Tracing;

/// <summary>
/// Sends spans to a collector by OTLP, in batches and from a thread of its own. Headers, batches, sampling, limits and what else the process'
/// environment says about OpenTelemetry are the library's business.
/// </summary>
internal sealed class TraceExport : IDisposable
{
    // A collector that does not answer must not hold up a server that stops.
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(5);

    private const string HttpPath = "v1/traces";
    private const int HttpPort = 4318;

    private readonly TracerProvider _provider;
    private readonly TraceExportLog _log;

    private TraceExport(TracerProvider provider, TraceExportLog log) => (_provider, _log) = (provider, log);

    /// <summary>Begins to listen to spans, if the configuration says where they go.</summary>
    /// <param name="config">Where.</param>
    /// <param name="time">Tells complaints about the collector apart.</param>
    /// <param name="logger">Hears them.</param>
    public static TraceExport? Start(TracingConfig config, TimeProvider time, ILogger logger)
    {
        if (!config.Enabled || config.OtlpEndpoint is null)
        {
            return null;
        }

        var version = typeof(TraceExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var (endpoint, protocol) = Destination(config);
        var log = new TraceExportLog(time, logger);
        var provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(config.ServiceName, serviceVersion: version))
            .AddSource(Spans.SourceName)
            .AddOtlpExporter(options =>
            {
                options.Endpoint = endpoint;
                options.Protocol = protocol;
            })
            .Build();
        return new TraceExport(provider, log);
    }

    /// <summary>Sends what has not been sent yet, if that does not take too long.</summary>
    public void Dispose()
    {
        _provider.Shutdown((int)FlushTime.TotalMilliseconds);
        _provider.Dispose();
        _log.Dispose();
    }

    /// <summary>Where a configuration sends spans to, and how.</summary>
    internal static (Uri Endpoint, OtlpExportProtocol Protocol) Destination(TracingConfig config)
    {
        var endpoint = new Uri(config.OtlpEndpoint!);
        var isHttp = config.OtlpProtocol switch
        {
            "grpc" => false,
            "http/protobuf" => true,
            _ => endpoint.Port == HttpPort || endpoint.AbsolutePath.Length > 1,
        };
        if (!isHttp)
        {
            return (endpoint, OtlpExportProtocol.Grpc);
        }

        // The address is the collector's; each kind of signal has a path of its own below it.
        var path = endpoint.AbsolutePath.TrimEnd('/');
        return path.EndsWith(HttpPath, StringComparison.Ordinal)
            ? (endpoint, OtlpExportProtocol.HttpProtobuf)
            : (new UriBuilder(endpoint) { Path = $"{path}/{HttpPath}" }.Uri, OtlpExportProtocol.HttpProtobuf);
    }
}
