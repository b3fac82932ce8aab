using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mik.Server.Configuration;
using Mik.Server.Hosting;
using Mik.Wasm.Caching;

namespace Mik.Cli.Commands;

/// <summary><c>mik cache</c>: shows, empties and fills what is kept for the next start.</summary>
internal static class CacheCommand
{
    public static Command Create(CliOutput output)
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON object", Recursive = true };
        var info = new Command("info", "Show where it is and what it holds");
        info.SetAction(parsed => Show(parsed.GetValue(json), output));

        var clear = new Command("clear", "Delete everything that is kept; running programs lose nothing");
        clear.SetAction(parsed => Clear(parsed.GetValue(json), output));

        var path = new Argument<string?>("path") { Description = "A project's directory or a component whose code to add", Arity = ArgumentArity.ZeroOrOne };
        path.Validators.Add(ProjectArgument.RefuseOptions);
        var compile = new Command("compile", "Compile now what would be compiled in the background") { path };
        compile.SetAction((parsed, cancellation) => CompileAsync(parsed.GetValue(path), parsed.GetValue(json), output, cancellation));

        var command = new Command("cache", $"Code and sources kept for the next start, in {UserCache.Variable} or the user's cache directory")
        {
            json, info, clear, compile,
        };
        return command;
    }

    private static int Show(bool json, CliOutput output)
    {
        var cache = Open(Configuration(null), out var config);
        var code = cache.Measure();
        var sources = KeptSources.Measure();
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new CacheReport(UserCache.Root!, code.Modules, code.Waiting, code.Bytes, (long)config.Server.MaxCacheMb << 20, cache.CanCompile, sources.Files, sources.Bytes),
                CacheJson.Default.CacheReport));
            return ExitCodes.Success;
        }

        output.WriteLine(output.Strong(UserCache.Root!));
        output.WriteLine($"  code      {Count(code.Modules, "module")}, {Mib(code.Bytes)} of at most {config.Server.MaxCacheMb} MiB");
        if (code.Waiting > 0)
        {
            output.WriteLine($"            {code.Waiting} more to be compiled");
        }

        if (!cache.CanCompile)
        {
            output.WriteLine("            nothing is added: there is no ahead-of-time compiler beside this program");
        }

        output.WriteLine($"  sources   {Count(sources.Files, "file")} without types, {Mib(sources.Bytes)}");
        return ExitCodes.Success;
    }

    private static int Clear(bool json, CliOutput output)
    {
        var cache = Open(new MikConfig { Directory = "." }, out _);
        var code = cache.Clear();
        var sources = KeptSources.Clear();
        output.WriteLine(json
            ? JsonSerializer.Serialize(new CacheClearReport(UserCache.Root!, code.Modules, sources.Files, code.Bytes + sources.Bytes), CacheJson.Default.CacheClearReport)
            : $"deleted the code of {Count(code.Modules, "module")} and {Count(sources.Files, "source")}: {Mib(code.Bytes + sources.Bytes)}");
        return ExitCodes.Success;
    }

    private static async Task<int> CompileAsync(string? path, bool json, CliOutput output, CancellationToken cancellation)
    {
        var cache = Open(Configuration(path), out var config);
        if (!cache.CanCompile)
        {
            throw new CliException("there is no ahead-of-time compiler beside this program");
        }

        var broken = path is null ? [] : await LoadAsync(config, cache, cancellation);
        foreach (var problem in broken)
        {
            output.WriteError(problem.Split('\n')[0]);
        }

        var compiled = await Task.Run(() => cache.CompileWaiting(cancellation), cancellation);
        output.WriteLine(json
            ? JsonSerializer.Serialize(new CacheCompileReport(compiled, cache.Found, cache.Measure().Waiting), CacheJson.Default.CacheCompileReport)
            : $"compiled {Count(compiled, "module")}");
        return broken.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task<IReadOnlyList<string>> LoadAsync(MikConfig config, CodeCache cache, CancellationToken cancellation)
    {
        try
        {
            return (await MikServer.CheckAsync(config, new MikServerOptions { CodeCache = cache }, cancellation)).Broken;
        }
        catch (MikStartException e)
        {
            throw new CliException(e.Message);
        }
    }

    private static MikConfig Configuration(string? path) => ProjectConfiguration.Read(ProjectLocation.Find(path), []).Config;

    private static CodeCache Open(MikConfig config, out MikConfig used)
    {
        used = config;
        return UserCache.OpenCode(config, out var problem) ?? throw new CliException($"nothing is kept: {problem}");
    }

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Mib(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");
}
