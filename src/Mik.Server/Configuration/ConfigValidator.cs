using Mik.Server.Configuration.Keys;
using Mik.Wasi.Filesystem;

namespace Mik.Server.Configuration;

/// <summary>Checks what one key alone cannot tell: keys that limit each other, and directories.</summary>
internal static class ConfigValidator
{
    /// <summary>Notes problems; returns the configuration with defaults fitted to the values that were set.</summary>
    /// <param name="config">What was read.</param>
    /// <param name="origins">Where each key that is no default was set.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static MikConfig Check(MikConfig config, IReadOnlyDictionary<ConfigKey, ConfigOrigin> origins, ConfigProblemList problems)
    {
        if (config.SingleHandlerFile is null)
        {
            CheckDirectory("server.modules", config.ModulesDirectory, config, origins, problems.Error);
        }

        CheckDirectory("server.scripts", config.ScriptsDirectory, config, origins, problems.Error);

        // Static files are often the output of a build that has not run yet.
        CheckDirectory("server.static", config.StaticDirectory, config, origins, problems.Warn);

        // Tenants may come later, and their directories with them.
        CheckDirectory("server.user_modules", config.UserModulesDirectory, config, origins, problems.Warn);
        CheckDirectory("server.user_scripts", config.UserScriptsDirectory, config, origins, problems.Warn);

        if (config.Cors.Credentials && config.Cors.Origins.Contains("*") && origins.TryGetValue(ConfigKeys.Get("cors.credentials"), out var origin))
        {
            problems.Error(origin, "cors.credentials", "cannot go together with all origins: every page could act in its visitors' names");
        }

        return FitHandlerLimit(config, origins, problems);
    }

    /// <summary>Checks what is mounted for a handler: a directory each, under paths that differ.</summary>
    public static void CheckMounts(MikConfig config, HandlerConfig handler, Action<string> report)
    {
        if (handler.Mounts.Count > 0 && !Mount.IsSupported)
        {
            report("mounts need Linux on x86-64 or 64-bit ARM");
            return;
        }

        foreach (var mount in handler.Mounts)
        {
            var directory = config.PathOf(mount);
            if (!Directory.Exists(directory))
            {
                report(File.Exists(directory) ? $"must name directories, but {directory} is a file" : $"there is no directory {directory}");
            }
        }

        foreach (var path in handler.Mounts.GroupBy(static mount => mount.GuestPath).Where(static same => same.Count() > 1))
        {
            report($"mounts several directories as {path.Key}");
        }
    }

    /// <summary>A directory that somebody named must be there. The default one is simply not used when it is not.</summary>
    private static void CheckDirectory(
        string name,
        string? directory,
        MikConfig config,
        IReadOnlyDictionary<ConfigKey, ConfigOrigin> origins,
        Action<ConfigOrigin, string?, string> report)
    {
        var key = ConfigKeys.Get(name);
        if (directory is null || !origins.TryGetValue(key, out var origin) || Directory.Exists(directory))
        {
            return;
        }

        if (File.Exists(directory))
        {
            report(origin, name, $"must be a directory, but {directory} is a file");
        }
        else if (!Equals(key.Get(config), key.Get(new MikConfig { Directory = config.Directory })))
        {
            report(origin, name, $"there is no directory {directory}");
        }
    }

    private static MikConfig FitHandlerLimit(MikConfig config, IReadOnlyDictionary<ConfigKey, ConfigOrigin> origins, ConfigProblemList problems)
    {
        var (perHandler, total) = (config.Server.MaxPerModuleRequests, config.Server.MaxConcurrentRequests);
        if (perHandler <= total)
        {
            return config;
        }

        var key = ConfigKeys.Get("server.max_per_module_requests");
        if (origins.TryGetValue(key, out var origin))
        {
            problems.Error(origin, key.FullName, $"must be at most max_concurrent_requests ({total}), found {perHandler}");
        }

        return config with { Server = config.Server with { MaxPerModuleRequests = total } };
    }
}
