namespace Mik.Server.Hosting;

/// <summary>What a project has, as far as loading tells.</summary>
/// <param name="Handlers">Names of all handlers, <c>tenant/name</c> for those of tenants.</param>
/// <param name="Scripts">Names of all scripts, <c>tenant/name</c> for those of tenants.</param>
/// <param name="Tenants">How many tenants there are.</param>
/// <param name="Broken">Handlers and scripts that cannot be loaded, each with the reason.</param>
public sealed record ProjectCheck(IReadOnlyList<string> Handlers, IReadOnlyList<string> Scripts, int Tenants, IReadOnlyList<string> Broken);
