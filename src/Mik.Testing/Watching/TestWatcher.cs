using System.Threading.Channels;

namespace Mik.Testing.Watching;

/// <summary>Tells which files of a project change, a burst at a time: editors and version control write several at once.</summary>
public sealed class TestWatcher : IDisposable
{
    // Longer than the pause between the pieces of one save, too short to notice.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(20);

    private readonly Channel<string> _changes = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<FileSystemWatcher> _watchers;
    private readonly TimeProvider _time;

    /// <summary>Begins to watch.</summary>
    /// <param name="directories">The directories, watched with everything below them.</param>
    /// <param name="time">The clock that tells bursts apart.</param>
    public TestWatcher(IEnumerable<string> directories, TimeProvider time)
    {
        _time = time;
        _watchers = [.. directories.Select(Watch)];
    }

    /// <summary>Waits for the next burst of changes.</summary>
    /// <returns>The full paths of files that appeared, changed or went; none when some may have been missed.</returns>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public async Task<IReadOnlySet<string>> NextAsync(CancellationToken cancellation)
    {
        var files = new HashSet<string>(StringComparer.Ordinal) { await _changes.Reader.ReadAsync(cancellation).ConfigureAwait(false) };
        do
        {
            await Task.Delay(Burst, _time, cancellation).ConfigureAwait(false);
        }
        while (TakeAll(files));

        return files.Contains("") ? new HashSet<string>() : files;
    }

    /// <inheritdoc/>
    public void Dispose() => _watchers.ForEach(static watcher => watcher.Dispose());

    private bool TakeAll(HashSet<string> files)
    {
        var hasMore = false;
        while (_changes.Reader.TryRead(out var file))
        {
            hasMore = true;
            files.Add(file);
        }

        return hasMore;
    }

    private FileSystemWatcher Watch(string directory)
    {
        var watcher = new FileSystemWatcher(directory)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.DirectoryName,
        };
        watcher.Changed += (_, change) => _changes.Writer.TryWrite(change.FullPath);
        watcher.Created += (_, change) => _changes.Writer.TryWrite(change.FullPath);
        watcher.Deleted += (_, change) => _changes.Writer.TryWrite(change.FullPath);
        watcher.Renamed += (_, change) =>
        {
            _changes.Writer.TryWrite(change.OldFullPath);
            _changes.Writer.TryWrite(change.FullPath);
        };
        watcher.Error += (_, _) => _changes.Writer.TryWrite("");
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
