using System.Collections.Concurrent;
using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Routing;

namespace Mik.Server.Tenants;

/// <summary>What there is of tenants, and what is wrong with it.</summary>
/// <param name="Tenants">How many there are.</param>
/// <param name="Handlers">Their handlers, as <c>tenant/name</c>.</param>
/// <param name="Scripts">Their scripts, as <c>tenant/name</c>.</param>
/// <param name="Broken">What cannot be loaded or reached, each with the reason.</param>
internal sealed record TenantFindings(int Tenants, IReadOnlyList<string> Handlers, IReadOnlyList<string> Scripts, IReadOnlyList<string> Broken);

/// <summary>
/// Loads everything that tenants have, as a request would, and keeps nothing of it: what a server does not do when it starts, because there
/// may be thousands.
/// </summary>
internal sealed class TenantCheck(TenantEnvironment environment)
{
    private readonly ConcurrentBag<string> _handlers = [];
    private readonly ConcurrentBag<string> _scripts = [];
    private readonly ConcurrentBag<string> _broken = [];

    /// <summary>Loads everything, as many tenants at a time as there are processors.</summary>
    /// <param name="platform">The platform's handlers, among which the shared ones must be.</param>
    /// <param name="cancellation">Gives up.</param>
    public TenantFindings Run(HandlerCatalog platform, CancellationToken cancellation)
    {
        var config = environment.Config;
        foreach (var name in environment.Shared.Where(name => TenantCatalog.IsConfigured(config) && !platform.TryFind(name, out _)))
        {
            _broken.Add($"tenants.shared: there is no handler '{name}'");
        }

        var tenants = NamesIn(config.UserModulesDirectory).Union(NamesIn(config.UserScriptsDirectory), StringComparer.Ordinal).ToList();
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(tenants, options, Check);
        return new TenantFindings(tenants.Count, InOrder(_handlers), InOrder(_scripts), InOrder(_broken));
    }

    private void Check(string name)
    {
        if (EntryName.Problem(name) is { } problem)
        {
            _broken.Add($"tenant {name}: its name {problem}");
            return;
        }

        var (modules, scripts) = (environment.ModulesOf(name), environment.ScriptsOf(name));
        if ((modules ?? scripts) is null)
        {
            _broken.Add($"tenant {name}: its directory is a link, which names no tenant");
            return;
        }

        if (modules is not null)
        {
            CheckHandlers(name, new TenantFiles(modules));
        }

        if (scripts is not null)
        {
            CheckScripts(name, scripts);
        }
    }

    private void CheckHandlers(string tenant, TenantFiles files)
    {
        foreach (var name in files.Names())
        {
            var fullName = $"{tenant}/{name}";
            _handlers.Add(fullName);
            try
            {
                if (EntryName.Problem(name) is { } problem)
                {
                    _broken.Add($"handler {fullName}: its name {problem}");
                }
                else if (name == Router.ScriptSegment)
                {
                    _broken.Add($"handler {fullName}: its path is that of the tenant's scripts");
                }
                else
                {
                    environment.LoadHandler(files.Read(name), fullName);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                _broken.Add($"handler {fullName}: {failure.Message}");
            }
        }
    }

    private void CheckScripts(string tenant, string directory)
    {
        foreach (var name in ScriptFiles.NamesIn(directory))
        {
            var fullName = $"{tenant}/{name}";
            _scripts.Add(fullName);
            var files = ScriptFiles.Defining(directory, name);
            if (files.Count > 1)
            {
                _broken.Add($"script {fullName}: {ScriptCatalog.ConflictText(name, files)}");
                continue;
            }

            try
            {
                environment.LoadScript(files[0], directory, null).Dispose();
            }
            catch (ScriptException failure)
            {
                _broken.Add($"script {fullName}: {ScriptFaults.Describe(failure)}");
            }
        }
    }

    private static IEnumerable<string> NamesIn(string? root) =>
        root is not null && Directory.Exists(root) ? Directory.EnumerateDirectories(root).Select(Path.GetFileName).OfType<string>() : [];

    private static string[] InOrder(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
