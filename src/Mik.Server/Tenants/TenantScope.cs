using System.Diagnostics.CodeAnalysis;
using Mik.Server.Catalog;

namespace Mik.Server.Tenants;

/// <summary>The handlers that a tenant's script can call.</summary>
/// <param name="tenant">The tenant.</param>
/// <param name="platform">The platform's handlers, of which some are shared.</param>
internal sealed class TenantScope(Tenant tenant, HandlerCatalog platform) : IHandlerScope
{
    public bool TryFind(string name, [NotNullWhen(true)] out HandlerEntry? entry) => tenant.TryFind(name, platform, out entry);
}
