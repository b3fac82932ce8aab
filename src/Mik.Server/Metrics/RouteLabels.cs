using Mik.Server.Endpoints;
using Mik.Server.Pipeline;

namespace Mik.Server.Metrics;

/// <summary>What a request was for, in as many words as there are things loaded: never a part of a path that nothing has.</summary>
internal static class RouteLabels
{
    /// <summary>The kind of a target and its name.</summary>
    /// <param name="target">What the path named; <see langword="null"/> when it named nothing.</param>
    /// <param name="isKnown">Whether that exists.</param>
    public static (string Route, string Name) Of(Target? target, bool isKnown) => target switch
    {
        HandlerTarget { Handler.State.MetricName: MetricCatalog.TenantsName } => ("tenant_handler", MetricCatalog.TenantsName),
        HandlerTarget { Handler: var handler } => ("handler", handler.State.MetricName),
        ScriptTarget { Tenant: not null } => ("tenant_script", isKnown ? MetricCatalog.TenantsName : MetricCatalog.UnknownName),
        ScriptTarget { Name: var script } => ("script", isKnown ? script : MetricCatalog.UnknownName),
        FileTarget => ("static", "files"),
        EndpointTarget { Endpoint: var endpoint } => ("endpoint", NameOf(endpoint)),
        _ => ("none", MetricCatalog.UnknownName),
    };

    private static string NameOf(BuiltInEndpoint endpoint) => endpoint switch
    {
        BuiltInEndpoint.Health => "health",
        BuiltInEndpoint.HealthLive => "health_live",
        BuiltInEndpoint.HealthReady => "health_ready",
        BuiltInEndpoint.Metrics => "metrics",
        BuiltInEndpoint.Handlers => "handlers",
        BuiltInEndpoint.Scripts => "scripts",
        BuiltInEndpoint.Tenants => "tenants",
        _ => MetricCatalog.OtherName,
    };
}
