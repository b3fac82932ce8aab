using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Observability;

namespace Mik.Server.Tenants;

/// <summary>
/// What names mean for one tenant: its own handlers and scripts, and the platform's handlers that are shared. Nothing of another tenant can
/// be reached from here, and what is known of its handlers, breakers and limits, is known here only. Thread-safe.
/// </summary>
internal sealed class Tenant : IDisposable
{
    private readonly TenantEnvironment _environment;
    private readonly ConcurrentDictionary<string, OnDemandHandler> _handlers = new(StringComparer.Ordinal);
    private readonly HandlerStates _states;
    private readonly HandlerStates _sharedStates;
    private readonly HandlerStates _scriptStates;
    private readonly Lock _opening = new();
    private OnDemandLoading? _loading;
    private TenantScripts? _scripts;
    private long _usedAt;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="environment">What all tenants have in common.</param>
    public Tenant(string name, TenantEnvironment environment)
    {
        Name = name;
        DisplayName = LogText.Of(name);
        _environment = environment;
        Account = new TenantAccount(environment.Config.Tenants.Limits, environment.Time, environment.Cpu);
        _states = new HandlerStates(environment.Config, environment.Time) { Prefix = Prefix, Account = Account };
        _sharedStates = new HandlerStates(environment.Config, environment.Time) { Account = Account };
        _scriptStates = new HandlerStates(environment.Config, environment.Time) { Prefix = Prefix, Account = Account, AreScripts = true };
        Touch();
    }

    public string Name { get; }

    /// <summary>Its name, safe for logs and headers.</summary>
    public string DisplayName { get; }

    /// <summary>What it takes, and how much it may.</summary>
    public TenantAccount Account { get; }

    /// <summary>Runs its scripts; <see langword="null"/> when it has none.</summary>
    public ScriptRunner? Scripts => Open(ref _scripts, OpenScripts)?.Runner;

    /// <summary>Its handlers that were asked for and are remembered, by name.</summary>
    public IReadOnlyList<(string Name, OnDemandHandler Handler)> Known =>
        [.. _handlers.OrderBy(static handler => handler.Key, StringComparer.Ordinal).Select(static handler => (handler.Key, handler.Value))];

    /// <summary>Its scripts that are loaded.</summary>
    public IReadOnlyList<ScriptEntry> LoadedScripts => _scripts?.Catalog.Loaded ?? [];

    private string Prefix => DisplayName + "/";

    /// <summary>Finds one of its own handlers.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out HandlerEntry? entry)
    {
        Touch();
        entry = Find(name)?.Entry;
        return entry is not null;
    }

    /// <summary>Finds a handler for one of its scripts: its own, or a shared one of the platform, with a breaker and a limit of its own for this tenant.</summary>
    public bool TryFind(string name, HandlerCatalog platform, [NotNullWhen(true)] out HandlerEntry? entry)
    {
        if (TryFind(name, out entry))
        {
            return true;
        }

        if (!_environment.Shared.Contains(name) || !platform.TryFind(name, out var shared))
        {
            return false;
        }

        entry = shared with { State = _sharedStates.Of(name) };
        return true;
    }

    /// <summary>Lets go of what nobody has asked for.</summary>
    /// <returns>How many handlers and scripts went.</returns>
    public int LetGoIdle(TimeSpan idle)
    {
        var gone = _scripts?.Catalog.LetGoIdle(idle) ?? 0;
        foreach (var (name, handler) in _handlers)
        {
            gone += handler.LetGoIfIdle(idle) ? 1 : 0;
            if (handler.IsAtRest && !handler.Exists())
            {
                Forget(name);
            }
        }

        return gone;
    }

    /// <summary>Whether there is nothing here that a new object for the same tenant would not have.</summary>
    public bool IsIdle(TimeSpan idle) =>
        _environment.Time.GetElapsedTime(Volatile.Read(ref _usedAt)) >= idle
        && Account.IsRested
        && LoadedScripts.Count == 0
        && _handlers.Values.All(static handler => handler.IsAtRest)
        && _sharedStates.All.All(static state => state.Breaker.State != CircuitState.Open);

    /// <summary>Somebody asks for it.</summary>
    public void Touch() => Volatile.Write(ref _usedAt, _environment.Time.GetTimestamp());

    public void Dispose()
    {
        _scripts?.Catalog.Clear();
        Account.Dispose();
    }

    private OnDemandHandler? Find(string name)
    {
        if (_handlers.TryGetValue(name, out var known))
        {
            if (known.Exists())
            {
                return known;
            }

            Forget(name);
            return null;
        }

        return Open(ref _loading, OpenHandlers) is { } loading && loading.Files.Has(name)
            ? _handlers.GetOrAdd(name, static (name, loading) => new OnDemandHandler(name, loading), loading)
            : null;
    }

    private void Forget(string name)
    {
        _handlers.TryRemove(name, out _);
        _states.Forget(name);
    }

    // Directories may come after the tenant was first asked for; once there, they are not looked for again.
    private T? Open<T>(ref T? opened, Func<T?> open)
        where T : class
    {
        if (Volatile.Read(ref opened) is { } known)
        {
            return known;
        }

        lock (_opening)
        {
            return opened ??= open();
        }
    }

    private OnDemandLoading? OpenHandlers() => _environment.ModulesOf(Name) is { } directory
        ? new OnDemandLoading(
            new TenantFiles(directory),
            _environment.LoadHandler,
            _states,
            Account,
            _environment.Queue,
            _environment.Threads,
            _environment.Time,
            _environment.Logger)
        : null;

    private TenantScripts? OpenScripts()
    {
        if (_environment.ScriptsOf(Name) is not { } directory)
        {
            return null;
        }

        var catalog = new ScriptCatalog(
            directory, file => _environment.LoadScript(file, directory, Account), _environment.Time, _environment.Logger)
        {
            Prefix = Prefix,
        };
        var console = new TenantConsole(DisplayName, _environment.Console);
        var runner = new ScriptRunner(_environment.Threads, catalog, console, ScriptRunner.LimitsOf(_environment.Config.Server))
        {
            Admission = new ScriptAdmission(_scriptStates, _environment.Metrics, _environment.Time, _environment.Logger),
        };
        return new TenantScripts(catalog, runner);
    }

    private sealed record TenantScripts(ScriptCatalog Catalog, ScriptRunner Runner);
}
