namespace Mik.Server.Endpoints;

/// <summary>What the server itself answers.</summary>
internal enum BuiltInEndpoint
{
    Health,
    HealthLive,
    HealthReady,
    Metrics,
    Handlers,
    Scripts,
    Tenants,
}
