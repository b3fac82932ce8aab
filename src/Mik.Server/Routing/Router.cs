using System.Diagnostics.CodeAnalysis;
using Mik.Server.Catalog;
using Mik.Server.Endpoints;
using Mik.Server.Faults;
using Mik.Server.Pipeline;

namespace Mik.Server.Routing;

/// <summary>Turns a path into what it names. Paths are matched as sent; only the names in them are percent-decoded.</summary>
internal static class Router
{
    /// <summary>4096 bytes: what the predecessor took, and far above what people or programs build.</summary>
    public const int MaxPathBytes = 4096;

    private const string RunPrefix = "/run/";
    private const string ScriptPrefix = "/script/";
    private const string StaticPrefix = "/static/";

    /// <summary>Finds the target, or the fault to answer with.</summary>
    public static bool TryMatch(
        string method,
        RequestTarget request,
        HandlerCatalog catalog,
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
        var remainder = rest[segment.Length..];
        return new HandlerTarget(handler, remainder.IsEmpty ? "/" + query : string.Concat(remainder, query));
    }

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
        : EndpointOf(path) is { } endpoint ? new EndpointTarget(endpoint)
        : null;

    private static BuiltInEndpoint? EndpointOf(string path) => path switch
    {
        "/health" => BuiltInEndpoint.Health,
        "/health/live" => BuiltInEndpoint.HealthLive,
        "/health/ready" => BuiltInEndpoint.HealthReady,
        "/metrics" => BuiltInEndpoint.Metrics,
        "/_mik/handlers" => BuiltInEndpoint.Handlers,
        "/_mik/scripts" => BuiltInEndpoint.Scripts,
        _ => null,
    };

    private static ReadOnlySpan<char> FirstSegment(ReadOnlySpan<char> path) =>
        path.IndexOf('/') is var slash and >= 0 ? path[..slash] : path;
}
