using System.Text.Json.Serialization;

namespace Mik.Server.Endpoints;

/// <summary>The body of <c>/health/live</c> and <c>/health/ready</c>.</summary>
internal sealed record StatusReport(string Status);

/// <summary>The body of <c>/health</c>.</summary>
internal sealed record HealthReport
{
    public required string Status { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required long UptimeSeconds { get; init; }

    public required int InFlight { get; init; }

    public required int Handlers { get; init; }

    public required int BrokenHandlers { get; init; }

    /// <summary>Handlers whose file has changed and cannot be loaded, so that their former version answers.</summary>
    public required int StaleHandlers { get; init; }

    /// <summary>Scripts that were loaded, or could not be. Like handlers, those of tenants are not among them.</summary>
    public required int Scripts { get; init; }

    /// <summary>Scripts that cannot be loaded and answer 500, as the last request for each found it.</summary>
    public required int BrokenScripts { get; init; }

    /// <summary>Whether <c>mik.toml</c> is served as it is, or has changed into something that is refused.</summary>
    public required string Configuration { get; init; }

    public required int SuspendedHandlers { get; init; }

    public required long MemoryBytes { get; init; }
}

/// <summary>The body of <c>/_mik/handlers</c>.</summary>
internal sealed record HandlerList(IReadOnlyList<HandlerReport> Handlers);

/// <summary>One handler.</summary>
internal sealed record HandlerReport
{
    public required string Name { get; init; }

    public string? Tenant { get; init; }

    public required string Path { get; init; }

    public required string Status { get; init; }

    public string? Error { get; init; }

    public required string Circuit { get; init; }

    public required int InFlight { get; init; }
}

/// <summary>The body of <c>/_mik/scripts</c>.</summary>
internal sealed record ScriptList(IReadOnlyList<ScriptReport> Scripts);

/// <summary>One script.</summary>
internal sealed record ScriptReport
{
    public required string Name { get; init; }

    public string? Tenant { get; init; }

    public required string Path { get; init; }

    public required string File { get; init; }

    public required string Status { get; init; }

    public string? Error { get; init; }
}

/// <summary>The body of <c>/_mik/tenants</c>.</summary>
internal sealed record TenantList(IReadOnlyList<TenantReport> Tenants);

/// <summary>One tenant that is in use or was a while ago.</summary>
internal sealed record TenantReport
{
    public required string Name { get; init; }

    public required int LoadedHandlers { get; init; }

    public required int LoadedScripts { get; init; }

    public required int InFlight { get; init; }

    public required long MemoryBytes { get; init; }

    public required long CpuMsLeft { get; init; }
}

/// <summary>Writes the reports without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(HandlerList))]
[JsonSerializable(typeof(ScriptList))]
[JsonSerializable(typeof(TenantList))]
internal sealed partial class EndpointJson : JsonSerializerContext;
