using System.Collections;
using Mik.Server.Configuration;

namespace Mik.Cli;

/// <summary>Reads the configuration for a command and says what is wrong with it.</summary>
internal static class ProjectConfiguration
{
    /// <exception cref="ConfigException">It has errors.</exception>
    public static ConfigResult Read(ProjectLocation location, IReadOnlyList<ConfigOption> options) => ConfigReader.Read(new ConfigRequest
    {
        Directory = location.Directory,
        SingleHandlerFile = location.SingleHandlerFile,
        Environment = ReadEnvironment(),
        Options = options,
    });

    public static void Show(IEnumerable<ConfigProblem> problems, CliOutput output)
    {
        foreach (var problem in problems)
        {
            Action<string> write = problem.Severity == ConfigSeverity.Error ? output.WriteError : output.WriteWarning;
            write(problem.ToString());
        }
    }

    private static Dictionary<string, string> ReadEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static v => (string)v.Key, static v => (string?)v.Value ?? "", StringComparer.Ordinal);
}
