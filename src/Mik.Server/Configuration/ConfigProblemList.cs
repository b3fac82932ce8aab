namespace Mik.Server.Configuration;

/// <summary>Collects problems while a configuration is read, so that all are reported at once.</summary>
internal sealed class ConfigProblemList
{
    private readonly List<ConfigProblem> _problems = [];

    public IReadOnlyList<ConfigProblem> All => _problems;

    public bool HasErrors => _problems.Exists(static p => p.Severity == ConfigSeverity.Error);

    public void Error(ConfigOrigin origin, string? key, string message) => Add(ConfigSeverity.Error, origin, key, message);

    public void Warn(ConfigOrigin origin, string? key, string message) => Add(ConfigSeverity.Warning, origin, key, message);

    private void Add(ConfigSeverity severity, ConfigOrigin origin, string? key, string message) => _problems.Add(new ConfigProblem
    {
        Severity = severity,
        Source = origin.Source,
        Line = origin.Position?.Line,
        Column = origin.Position?.Column,
        Key = key,
        Message = message,
    });
}
