using Mik.Server.Configuration;

namespace Mik.Cli;

/// <summary>What has changed in a project's directory.</summary>
internal enum ProjectChange
{
    None,
    Handlers,
    Configuration,
}

/// <summary>
/// Compares the files that a server reads only when it starts, <c>mik.toml</c> and the components, with what they were. A file that
/// is still being written differs from one look to the next, and is waited for. Asking beats being told: notifications get lost in containers
/// and on network drives. Not thread-safe.
/// </summary>
internal sealed class ProjectWatch
{
    private readonly string _configuration;
    private readonly string _handlers;
    private Dictionary<string, FileState> _loaded;
    private Dictionary<string, FileState> _seen;

    /// <summary>Takes the files for loaded as they are now.</summary>
    public ProjectWatch(MikConfig config)
    {
        _configuration = Path.Combine(config.Directory, "mik.toml");
        _handlers = config.SingleHandlerFile is { } file ? Path.GetDirectoryName(file)! : config.ModulesDirectory;
        _loaded = _seen = Read();
    }

    /// <summary>What has changed and come to rest since the last time something had.</summary>
    public ProjectChange Look()
    {
        var (before, now) = (_seen, Read());
        _seen = now;
        if (!AreSame(before, now) || AreSame(now, _loaded))
        {
            return ProjectChange.None;
        }

        var isConfiguration = now.GetValueOrDefault(_configuration) != _loaded.GetValueOrDefault(_configuration);
        _loaded = now;
        return isConfiguration ? ProjectChange.Configuration : ProjectChange.Handlers;
    }

    private static bool AreSame(Dictionary<string, FileState> one, Dictionary<string, FileState> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var state) && state == file.Value);

    private Dictionary<string, FileState> Read()
    {
        var files = new DirectoryInfo(_handlers) is { Exists: true } directory ? directory.EnumerateFiles("*.wasm") : [];
        return files.Append(new FileInfo(_configuration))
            .Where(static file => file.Exists)
            .ToDictionary(static file => file.FullName, static file => new FileState(file.LastWriteTimeUtc, file.Length), StringComparer.Ordinal);
    }

    private readonly record struct FileState(DateTime Modified, long Length);
}
