using Mik.Server.Admission;
using Mik.Server.Execution;
using Mik.Server.Tenants;

namespace Mik.Server.Catalog;

/// <summary>A handler as the catalog knows it: a program ready to run, or the reason why there is none.</summary>
/// <param name="Name">What <c>/run/{name}</c> and <c>host.call</c> call it.</param>
/// <param name="Program">The program; <see langword="null"/> when it could not be loaded.</param>
/// <param name="LoadFailure">Why it could not be loaded, for the operator.</param>
/// <param name="State">What outlives reloads: limit and breaker.</param>
internal sealed record HandlerEntry(string Name, IHandlerProgram? Program, string? LoadFailure, HandlerState State)
{
    /// <summary>
    /// Why the file, which has changed, is not what is served: it could not be loaded, and <see cref="Program"/> is what it was before.
    /// </summary>
    public string? ReloadFailure { get; init; }

    /// <summary>The file as it was when it was read.</summary>
    public SourceStamp Source { get; init; }
}

/// <summary>
/// What is known of a handler, or of a tenant's script, across requests and reloads. One per name, whoever calls it; a handler that is shared
/// with tenants has one more for each, so that none of them can suspend or fill it for the others.
/// </summary>
internal sealed class HandlerState(string name, HandlerSettings settings, CircuitBreaker breaker)
{
    private volatile HandlerSettings _settings = settings;

    /// <summary>The handler's name.</summary>
    public string Name { get; } = name;

    /// <summary>How many runs at once.</summary>
    public ConcurrencyLimit Concurrency { get; } = new(settings.MaxConcurrentRequests);

    /// <summary>What it may take; changes with the configuration.</summary>
    public HandlerSettings Settings
    {
        get => _settings;
        set
        {
            _settings = value;
            Concurrency.Max = value.MaxConcurrentRequests;
        }
    }

    /// <summary>Whether it is trusted to answer.</summary>
    public CircuitBreaker Breaker { get; } = breaker;

    /// <summary>How long a run takes its thread.</summary>
    public UsualDuration UsualRun { get; } = new();

    /// <summary>The tenant that pays for its runs; <see langword="null"/> when nobody does.</summary>
    public TenantAccount? Account { get; init; }

    /// <summary>Its name in metrics, where tenants' go by one name.</summary>
    public string MetricName { get; init; } = name;

    /// <summary>Whether it is a tenant's script.</summary>
    public bool IsScript { get; init; }
}
