using Mik.Server.Endpoints;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;

namespace Mik.Server.Routing;

/// <summary>
/// What a request was for, for metrics, spans and the log alike, in as many words as there are things loaded: never a part of a path that
/// nothing has.
/// </summary>
/// <param name="Kind">What kind of thing it was.</param>
/// <param name="Name">Which one, as metrics call it.</param>
internal readonly record struct RouteLabels(string Kind, string Name)
{
    private const string Handler = "handler";
    private const string TenantHandler = "tenant_handler";
    private const string Script = "script";
    private const string TenantScript = "tenant_script";
    private const string Static = "static";
    private const string Endpoint = "endpoint";

    /// <summary>
    /// The pattern that the path fits, with a star for what clients choose and braces around what there may be thousands of: OpenTelemetry's
    /// <c>http.route</c>. <see langword="null"/> when the path named nothing.
    /// </summary>
    public string? Template => Kind switch
    {
        Handler => $"{Router.RunPrefix}{Name}/*",
        TenantHandler => Router.TenantPrefix + "{tenant}/{handler}/*",
        Script => Router.ScriptPrefix + (Name == MetricCatalog.UnknownName ? "*" : Name),
        TenantScript => Router.TenantPrefix + "{tenant}/" + Router.ScriptSegment + "/{name}",
        Static => Router.StaticPrefix + "*",
        Endpoint => EndpointAddress.OfName(Name).Path,
        _ => null,
    };

    /// <summary>The labels of a target.</summary>
    /// <param name="target">What the path named; <see langword="null"/> when it named nothing.</param>
    /// <param name="isKnown">Whether that exists.</param>
    public static RouteLabels Of(Target? target, bool isKnown) => target switch
    {
        HandlerTarget { Handler.State.MetricName: MetricCatalog.TenantsName } => new(TenantHandler, MetricCatalog.TenantsName),
        HandlerTarget { Handler: var handler } => new(Handler, handler.State.MetricName),
        ScriptTarget { Tenant: not null } => new(TenantScript, isKnown ? MetricCatalog.TenantsName : MetricCatalog.UnknownName),
        ScriptTarget { Name: var script } => new(Script, isKnown ? script : MetricCatalog.UnknownName),
        FileTarget => new(Static, "files"),
        EndpointTarget { Endpoint: var endpoint } => new(Endpoint, EndpointAddress.Of(endpoint).Name),
        _ => new("none", MetricCatalog.UnknownName),
    };
}
