using System.Collections.Concurrent;
using System.IO.Compression;
using Mik.TestKit;

namespace Mik.Conformance.Tests.Core;

/// <summary>One archive of converted specification scripts. Thread-safe.</summary>
internal sealed class ScriptGroup
{
    private static readonly ConcurrentDictionary<string, ScriptGroup> Groups = new();

    private static readonly Lazy<IReadOnlyList<string>> AllNames = new(static () => FindNames() is { Count: > 0 } names
        ? names
        : throw new InvalidOperationException("the shared test data holds no suites"));

    private readonly Dictionary<string, byte[]> _files = [];

    private ScriptGroup(string name)
    {
        Name = name;
        using var archive = ZipFile.OpenRead(SharedData.Require($"conformance/{name}.zip"));
        foreach (var entry in archive.Entries)
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            _files.Add(entry.FullName, content.ToArray());
        }

        ScriptNames = [.. _files.Keys.Where(static f => f.EndsWith(".json", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!];
    }

    /// <summary>All groups of core scripts: first those whose features we implement, in the order of the scoreboard, then the rest.</summary>
    public static IReadOnlyList<string> Names => SharedData.IsPresent ? AllNames.Value : [];

    public string Name { get; }

    public IReadOnlyList<string> ScriptNames { get; }

    public static ScriptGroup Open(string name) => Groups.GetOrAdd(name, static n => new ScriptGroup(n));

    public byte[] Read(string file) => _files[file];

    public Script Load(string scriptName) => Script.Parse(this, scriptName);

    public IEnumerable<Script> LoadAll() => ScriptNames.Select(Load);

    private static IReadOnlyList<string> FindNames() =>
    [
        .. Directory.GetFiles(SharedData.Require("conformance"), "core-*.zip")
            .Select(static path => Path.GetFileNameWithoutExtension(path)!)
            .OrderBy(static name => Scoreboard.Position(name))
            .ThenBy(static name => name, StringComparer.Ordinal),
    ];
}
