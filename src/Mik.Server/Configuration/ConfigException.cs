namespace Mik.Server.Configuration;

/// <summary>The configuration has errors. All of them are here, with the warnings found on the way.</summary>
/// <param name="problems">Every error and warning in the order of the sources: file, environment, command line.</param>
/// <param name="isMisuse">Whether only the command line is to blame.</param>
public sealed class ConfigException(IReadOnlyList<ConfigProblem> problems, bool isMisuse)
    : Exception(string.Join('\n', problems.Where(static p => p.Severity == ConfigSeverity.Error)))
{
    /// <summary>Every error and warning in the order of the sources: file, environment, command line.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;

    /// <summary>Whether only the command line is to blame.</summary>
    public bool IsMisuse { get; } = isMisuse;
}
