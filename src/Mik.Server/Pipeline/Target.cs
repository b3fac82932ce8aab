using Mik.Server.Catalog;
using Mik.Server.Endpoints;
using Mik.Server.Tenants;

namespace Mik.Server.Pipeline;

/// <summary>What a path names.</summary>
internal abstract record Target
{
    /// <summary>Among whom the server's places are shared: requests for the same are one.</summary>
    public abstract (string Kind, string Name) Sharer { get; }
}

/// <summary>A handler.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="PathAndQuery">What is left of the path for the handler, as it was sent.</param>
internal sealed record HandlerTarget(HandlerEntry Handler, string PathAndQuery) : Target
{
    /// <inheritdoc/>
    public override (string Kind, string Name) Sharer => ("handler", Handler.State.Name);
}

/// <summary>A script, which may turn out not to exist: its files are looked at when it runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tenant">Whose it is; <see langword="null"/> for the platform's.</param>
internal sealed record ScriptTarget(string Name, Tenant? Tenant = null) : Target
{
    /// <inheritdoc/>
    public override (string Kind, string Name) Sharer => Tenant is null ? ("script", Name) : ($"script of {Tenant.DisplayName}", Name);
}

/// <summary>A static file, which may turn out not to exist.</summary>
/// <param name="Path">What is left of the path below <c>/static/</c>, as it was sent.</param>
internal sealed record FileTarget(string Path) : Target
{
    /// <inheritdoc/>
    public override (string Kind, string Name) Sharer => ("static", "");
}

/// <summary>One of the server's own endpoints.</summary>
internal sealed record EndpointTarget(BuiltInEndpoint Endpoint) : Target
{
    /// <inheritdoc/>
    public override (string Kind, string Name) Sharer => ("endpoint", "");
}
