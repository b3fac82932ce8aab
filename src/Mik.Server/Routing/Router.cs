using System.Diagnostics.CodeAnalysis;
using Mik.Server.Catalog;
using Mik.Server.Endpoints;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Server.Tenants;

namespace Mik.Server.Routing;

/// <summary>Turns a path into what it names. Paths are matched as sent; only the names in them are percent-decoded.</summary>
internal static class Router
{
    /// <summary>4096 bytes: what the predecessor took, and far above what people or programs build.</summary>
    public const int MaxPathBytes = 4096;

    /// <summary>Within a tenant's paths, what comes in place of a handler's name.</summary>
    public const string ScriptSegment = "script";

    /// <summary>What stands before the name of a handler.</summary>
    public const string RunPrefix = "/run/";

    /// <summary>What stands before the name of a script.</summary>
    public const string ScriptPrefix = "/script/";

    /// <summary>What stands before the path of a static file.</summary>
    public const string StaticPrefix = "/static/";

    /// <summary>What stands before the name of a tenant.</summary>
    public const string TenantPrefix = "/tenant/";

    /// <summary>Finds the target, or the fault to answer with.</summary>
    public static bool TryMatch(
        string method,
        RequestTarget request,
        HandlerCatalog catalog,
        TenantCatalog? tenants,
        [NotNullWhen(true)] out Target? target,
        [NotNullWhen(false)] out Fault? fault)
    {
        (target, fault) = (null, null);
        var path = request.Path;
        if (path.Length > MaxPathBytes)
        {
            fault = new Fault(FaultKind.PathTooLong, $"The path has {path.Length} bytes; at most {MaxPathBytes} are accepted.");
        }
        else if (path.StartsWith(RunPrefix, StringComparison.Ordinal))
        {
            target = MatchHandler(path.AsSpan(RunPrefix.Length), request.Query, catalog, out fault);
        }
        else if (path.StartsWith(ScriptPrefix, StringComparison.Ordinal))
        {
            target = MatchScript(path.AsSpan(ScriptPrefix.Length), out fault);
        }
        else if (tenants is not null && path.StartsWith(TenantPrefix, StringComparison.Ordinal))
        {
            target = MatchTenant(path.AsSpan(TenantPrefix.Length), request.Query, tenants, out fault);
        }
        else if (ReadOnlyTarget(path) is { } readable)
        {
            if (method is "GET" or "HEAD")
            {
                target = readable;
            }
            else
            {
                fault = new Fault(FaultKind.MethodNotAllowed, "This address answers only GET and HEAD.");
            }
        }
        else
        {
            fault = new Fault(FaultKind.RouteUnknown, "Handlers are at /run/{handler}/…, scripts at /script/{name}, files at /static/….");
        }

        return target is not null;
    }

    private static HandlerTarget? MatchHandler(ReadOnlySpan<char> rest, string query, HandlerCatalog catalog, out Fault? fault)
    {
        var segment = FirstSegment(rest);
        if (segment.IsEmpty)
        {
            fault = new Fault(FaultKind.RouteUnknown, "The path names no handler: /run/{handler}/….");
            return null;
        }

        var name = EntryName.Decode(segment);
        if (name is null || EntryName.Problem(name) is not null || !catalog.TryFind(name, out var handler))
        {
            fault = new Fault(FaultKind.HandlerUnknown, "There is no handler of that name.");
            return null;
        }

        fault = null;
        return new HandlerTarget(handler, PathAndQuery(rest[segment.Length..], query));
    }

    private static Target? MatchTenant(ReadOnlySpan<char> rest, string query, TenantCatalog tenants, out Fault? fault)
    {
        var tenantSegment = FirstSegment(rest);
        var own = AfterSlash(rest[tenantSegment.Length..]);
        var segment = FirstSegment(own);
        if (tenantSegment.IsEmpty || segment.IsEmpty)
        {
            fault = new Fault(FaultKind.RouteUnknown, "Handlers are at /tenant/{tenant}/{handler}/…, scripts at /tenant/{tenant}/script/{name}.");
            return null;
        }

        var tenant = EntryName.Decode(tenantSegment) is { } name && EntryName.Problem(name) is null ? tenants.Find(name) : null;
        return EntryName.Decode(segment) is ScriptSegment
            ? MatchTenantScript(tenant, AfterSlash(own[segment.Length..]), out fault)
            : MatchTenantHandler(tenant, segment, PathAndQuery(own[segment.Length..], query), out fault);
    }

    // Whose name it is that nobody has, the tenant's or the script's, is nobody's business.
    private static ScriptTarget? MatchTenantScript(Tenant? tenant, ReadOnlySpan<char> rest, out Fault? fault)
    {
        var script = MatchScript(rest, out fault);
        if (script is null || tenant?.Scripts is not null)
        {
            return script is null ? null : script with { Tenant = tenant };
        }

        fault = new Fault(FaultKind.ScriptUnknown, "There is no script of that name.");
        return null;
    }

    private static HandlerTarget? MatchTenantHandler(Tenant? tenant, ReadOnlySpan<char> segment, string pathAndQuery, out Fault? fault)
    {
        var name = EntryName.Decode(segment);
        if (tenant is null || name is null || EntryName.Problem(name) is not null || !tenant.TryFind(name, out var handler))
        {
            fault = new Fault(FaultKind.HandlerUnknown, "There is no handler of that name.");
            return null;
        }

        fault = null;
        return new HandlerTarget(handler, pathAndQuery);
    }

    private static ReadOnlySpan<char> AfterSlash(ReadOnlySpan<char> path) => path.IsEmpty ? path : path[1..];

    private static string PathAndQuery(ReadOnlySpan<char> remainder, string query) =>
        remainder.IsEmpty ? "/" + query : string.Concat(remainder, query);

    private static ScriptTarget? MatchScript(ReadOnlySpan<char> rest, out Fault? fault)
    {
        var segment = FirstSegment(rest);
        if (segment.IsEmpty)
        {
            fault = new Fault(FaultKind.RouteUnknown, "The path names no script: /script/{name}.");
            return null;
        }

        var name = EntryName.Decode(segment);
        if (name is null || EntryName.Problem(name) is not null)
        {
            fault = new Fault(FaultKind.ScriptUnknown, "There is no script of that name.");
            return null;
        }

        fault = null;
        return new ScriptTarget(name);
    }

    private static Target? ReadOnlyTarget(string path) =>
        path.StartsWith(StaticPrefix, StringComparison.Ordinal) ? new FileTarget(path[StaticPrefix.Length..])
        : EndpointAddress.AtPath(path) is { Endpoint: var endpoint } ? new EndpointTarget(endpoint)
        : null;

    private static ReadOnlySpan<char> FirstSegment(ReadOnlySpan<char> path) =>
        path.IndexOf('/') is var slash and >= 0 ? path[..slash] : path;
}
