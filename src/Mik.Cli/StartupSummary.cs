using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Cli;

/// <summary>Says what is served where. The last line is the address, for people and for programs that wait for it.</summary>
internal static class StartupSummary
{
    /// <summary>More names than this are counted: the summary should stay on one screen.</summary>
    private const int MaxNames = 20;

    public static void Write(MikConfig config, MikServer server, CliOutput output)
    {
        output.WriteLine($"{output.Strong(config.Project.Name)} {config.Project.Version}");
        WriteRow("handlers", "/run/{name}/", server.Handlers, output);
        WriteRow("scripts", "/script/{name}", server.Scripts, output);
        if (config.UserModulesDirectory is not null || config.UserScriptsDirectory is not null)
        {
            // Which tenants there are is not known: nobody reads thousands of directories to write one line.
            var roots = new[] { config.Server.UserModules, config.Server.UserScripts }.OfType<string>();
            output.WriteLine($"  {"tenants",-9} {output.Faint("/tenant/{name}/")} of {string.Join(" and ", roots)}");
        }

        foreach (var problem in server.Broken)
        {
            output.WriteLine($"  broken    {problem.Split('\n')[0]}");
        }

        output.WriteLine($"Listening on {output.Strong(server.Url)}");
        output.Output.Flush();
    }

    private static void WriteRow(string what, string route, IReadOnlyList<string> names, CliOutput output)
    {
        if (names.Count == 0)
        {
            return;
        }

        var more = names.Count > MaxNames ? $" and {names.Count - MaxNames} more" : "";
        output.WriteLine($"  {what,-9} {output.Faint(route.PadRight(15))} {string.Join(", ", names.Take(MaxNames))}{more}");
    }
}
