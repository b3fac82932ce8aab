namespace Mik.Server.Endpoints;

/// <summary>Where one of the server's own endpoints is, and what metrics and the log call it.</summary>
internal sealed record EndpointAddress(BuiltInEndpoint Endpoint, string Path, string Name)
{
    /// <summary>Every endpoint, in the order of the enumeration.</summary>
    public static IReadOnlyList<EndpointAddress> All { get; } =
    [
        new(BuiltInEndpoint.Health, "/health", "health"),
        new(BuiltInEndpoint.HealthLive, "/health/live", "health_live"),
        new(BuiltInEndpoint.HealthReady, "/health/ready", "health_ready"),
        new(BuiltInEndpoint.Metrics, "/metrics", "metrics"),
        new(BuiltInEndpoint.Handlers, "/_mik/handlers", "handlers"),
        new(BuiltInEndpoint.Scripts, "/_mik/scripts", "scripts"),
        new(BuiltInEndpoint.Tenants, "/_mik/tenants", "tenants"),
    ];

    public static EndpointAddress Of(BuiltInEndpoint endpoint) => All[(int)endpoint];

    /// <summary>The endpoint at exactly that path; <see langword="null"/> when there is none.</summary>
    public static EndpointAddress? AtPath(string path) => All.FirstOrDefault(address => address.Path == path);

    /// <summary>The endpoint of that name, which there must be.</summary>
    public static EndpointAddress OfName(string name) => All.First(address => address.Name == name);
}
