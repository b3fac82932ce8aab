namespace Mik.Server.Configuration;

/// <summary>The configuration has errors. All of them are here, with the warnings found on the way.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigProblem> problems)
    : Exception(string.Join('\n', problems.Where(static p => p.Severity == ConfigSeverity.Error)))
{
    /// <summary>Every error and warning in the order of the sources: file, environment, command line.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
