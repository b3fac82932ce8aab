using System.Globalization;
using Mik.Server.Endpoints;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;

namespace Mik.Server.Tracing;

/// <summary>Words of spans that there are few of, whatever clients send. Those of HTTP are OpenTelemetry's.</summary>
internal static class SpanNames
{
    /// <summary>Stands for methods that HTTP does not know.</summary>
    public const string OtherMethod = "_OTHER";

    /// <summary>A method, if it is a known one.</summary>
    public static string MethodOf(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "CONNECT" or "OPTIONS" or "TRACE" or "PATCH" or "QUERY" => method,
        _ => OtherMethod,
    };

    /// <summary>What a path names, with a star for what is left of it; <see langword="null"/> when it names nothing.</summary>
    /// <param name="target">What the path named.</param>
    /// <param name="isKnown">Whether that exists.</param>
    public static string? RouteOf(Target? target, bool isKnown) => target switch
    {
        HandlerTarget { Handler.State.MetricName: MetricCatalog.TenantsName } => "/tenant/{tenant}/{handler}/*",
        HandlerTarget { Handler: var handler } => $"/run/{handler.Name}/*",
        ScriptTarget { Tenant: not null } => "/tenant/{tenant}/script/{name}",
        ScriptTarget { Name: var script } => isKnown ? $"/script/{script}" : "/script/*",
        FileTarget => "/static/*",
        EndpointTarget { Endpoint: var endpoint } => PathOf(endpoint),
        _ => null,
    };

    /// <summary>A protocol's version, such as <c>1.1</c>.</summary>
    public static string VersionOf(string protocol) => protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? protocol["HTTP/".Length..] : protocol;

    /// <summary>A status in digits.</summary>
    public static string StatusText(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static string PathOf(BuiltInEndpoint endpoint) => endpoint switch
    {
        BuiltInEndpoint.Health => "/health",
        BuiltInEndpoint.HealthLive => "/health/live",
        BuiltInEndpoint.HealthReady => "/health/ready",
        BuiltInEndpoint.Metrics => "/metrics",
        BuiltInEndpoint.Handlers => "/_mik/handlers",
        BuiltInEndpoint.Scripts => "/_mik/scripts",
        BuiltInEndpoint.Tenants => "/_mik/tenants",
        _ => MetricCatalog.OtherName,
    };
}
