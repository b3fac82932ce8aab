using Mik.Testing.Results;

namespace Mik.Testing.Watching;

/// <summary>Remembers what each test file was made from, and so which ones a change concerns.</summary>
public sealed class ImportGraph
{
    private readonly Dictionary<string, (TestFileResult Result, HashSet<string> Sources)> _files = new(StringComparer.Ordinal);

    /// <summary>Remembers the result of a file that was run.</summary>
    /// <param name="file">Its full path.</param>
    /// <param name="result">What became of it.</param>
    public void Add(string file, TestFileResult result) =>
        _files[file] = (result, new HashSet<string>(result.SourceFiles, StringComparer.Ordinal));

    /// <summary>The files, of those given, that have to be run again.</summary>
    /// <param name="files">The full paths of all test files there are.</param>
    /// <param name="changes">The full paths of what changed; none when that is not known.</param>
    public IReadOnlyList<string> Concerned(IReadOnlyList<string> files, IReadOnlySet<string> changes) =>
        [.. files.Where(file => changes.Count == 0 || IsConcerned(file, changes))];

    /// <summary>Forgets files that are no more.</summary>
    public void Keep(IReadOnlyList<string> files)
    {
        foreach (var gone in _files.Keys.Except(files, StringComparer.Ordinal).ToList())
        {
            _files.Remove(gone);
        }
    }

    // A file that could not be loaded may have looked for one that was not there: any new file may be the cure.
    private bool IsConcerned(string file, IReadOnlySet<string> changes) =>
        !_files.TryGetValue(file, out var known)
        || known.Sources.Overlaps(changes)
        || (known.Result is { Tests.Count: 0, Errors.Count: > 0 } && changes.Any(File.Exists));
}
