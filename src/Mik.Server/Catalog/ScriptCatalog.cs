using System.Collections.Concurrent;
using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Catalog;

/// <summary>
/// The scripts of a directory. Every lookup compares the files with what was loaded, so that an edit takes effect on the next
/// request. A file may be found half-written: as long as it changes, or is broken and has just been changed, the version before it goes on
/// answering. Loading runs guest code (types are erased by a WebAssembly module): look scripts up on a guest thread. Thread-safe.
/// </summary>
/// <param name="directory">Full path of the scripts' directory, which need not exist.</param>
/// <param name="load">Loads a script from its file; throws <see cref="ScriptException"/>.</param>
/// <param name="time">The clock that tells a fresh edit from an old one.</param>
/// <param name="logger">Hears of scripts that cannot be loaded.</param>
internal sealed class ScriptCatalog(string directory, Func<string, IScriptProgram> load, TimeProvider time, ILogger logger)
{
    // Longer than an editor or a copy takes between the pieces of a file, shorter than anybody takes to look for an error.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ScriptEntry> _entries = new(StringComparer.Ordinal);

    // One for all scripts: loading is rare, takes milliseconds, and the first to ask for a changed script is not alone for long.
    private readonly Lock _loading = new();

    /// <summary>What stands before the names in the log: whose they are.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Those that are loaded, or could not be, by name.</summary>
    public IReadOnlyList<ScriptEntry> Loaded => [.. _entries.Values.OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>Whether there is a script of that name, which must have passed the rules for names. Loads nothing.</summary>
    public bool Has(string name) => _entries.ContainsKey(name) || ScriptFiles.Defining(directory, name).Count > 0;

    /// <summary>The current state of the script of that name, which must have passed the rules for names; none when its file is gone.</summary>
    public ScriptEntry? Find(string name)
    {
        if (TryFindCurrent(name, out var entry))
        {
            return entry;
        }

        lock (_loading)
        {
            return TryFindCurrent(name, out entry) ? entry : LoadUnderLock(name);
        }
    }

    /// <summary>The current state of every script, by name.</summary>
    public IReadOnlyList<ScriptEntry> All() => [.. ScriptFiles.NamesIn(directory).Select(Find).OfType<ScriptEntry>()];

    /// <summary>Whether a script of that name has been loaded, or tried to; the files are not looked at.</summary>
    public bool Knows(string name) => _entries.ContainsKey(name);

    /// <summary>How many scripts have been loaded, or could not be; the files are not looked at.</summary>
    public int Count(bool isReady) => _entries.Values.Count(entry => entry.Program is not null == isReady);

    /// <summary>Names that more than one file defines.</summary>
    public IReadOnlyList<string> Conflicts() =>
        [.. ScriptFiles.NamesIn(directory)
            .Select(name => (Name: name, Files: ScriptFiles.Defining(directory, name)))
            .Where(script => script.Files.Count > 1)
            .Select(script => ConflictText(script.Name, script.Files))];

    /// <summary>Where a failure is, as compilers write it; empty when it is nowhere in particular.</summary>
    public static string Position(ScriptException failure) => (failure.File, failure.Line, failure.Column) switch
    {
        (null, _, _) => "",
        (var file, null, _) => file,
        (var file, var line, null) => $"{file}:{line}",
        var (file, line, column) => $"{file}:{line}:{column}",
    };

    /// <summary>Lets all scripts go; each is loaded again, as it then is, when it is next asked for.</summary>
    public void Clear()
    {
        lock (_loading)
        {
            foreach (var name in _entries.Keys)
            {
                if (_entries.TryRemove(name, out var gone))
                {
                    gone.Program?.Dispose();
                }
            }
        }
    }

    /// <summary>Lets go of scripts that nobody has asked for for that long; each is loaded again when it is next asked for.</summary>
    /// <returns>How many went.</returns>
    public int LetGoIdle(TimeSpan idle)
    {
        var gone = 0;
        lock (_loading)
        {
            foreach (var entry in _entries.Values)
            {
                if (time.GetElapsedTime(Volatile.Read(ref entry.UsedAt.Value)) >= idle && _entries.TryRemove(entry.Name, out _))
                {
                    entry.Program?.Dispose();
                    gone++;
                }
            }
        }

        return gone;
    }

    private bool TryFindCurrent(string name, out ScriptEntry? entry)
    {
        if (!_entries.TryGetValue(name, out entry) || entry.HeldUntil <= time.GetUtcNow() || !entry.Sources.AreCurrent(time))
        {
            return false;
        }

        Volatile.Write(ref entry.UsedAt.Value, time.GetTimestamp());
        return true;
    }

    private ScriptEntry? LoadUnderLock(string name)
    {
        var files = ScriptFiles.Defining(directory, name);
        if (files.Count == 0)
        {
            if (_entries.TryRemove(name, out var gone))
            {
                gone.Program?.Dispose();
            }

            return null;
        }

        var entry = Load(name, files) with { UsedAt = new(time.GetTimestamp()) };
        _entries.TryGetValue(name, out var former);
        if (former?.Program is not null && IsBeingWritten(entry))
        {
            return HoldUnderLock(former, entry);
        }

        _entries[name] = entry;
        former?.Program?.Dispose();
        if (entry.Failure is { } failure && !IsKnown(failure, former))
        {
            ServerLog.ScriptUnloadable(logger, Prefix + name, Position(failure), LogText.Of(failure.Message));
        }
        else if (entry.Program is not null && former is not null)
        {
            ServerLog.ScriptReloaded(logger, Prefix + name);
        }

        return entry;
    }

    // Any edit in the directory may be the cure, so that a broken script is tried again after each. The log hears what is new.
    private static bool IsKnown(ScriptException failure, ScriptEntry? former) =>
        former?.Failure is { } known && known.Message == failure.Message && Position(known) == Position(failure);

    private bool IsBeingWritten(ScriptEntry entry) =>
        !entry.Sources.AreCurrent(time)
        || (entry.Program is null && (time.GetUtcNow() - entry.Sources.Newest).Duration() < SettlingTime);

    // The next request that finds the files changed again, or the time up, makes another attempt.
    private ScriptEntry HoldUnderLock(ScriptEntry former, ScriptEntry attempt)
    {
        attempt.Program?.Dispose();
        if (attempt.Failure is { } failure)
        {
            ServerLog.ScriptHeld(logger, Prefix + attempt.Name, Position(failure), LogText.Of(failure.Message));
        }

        return _entries[attempt.Name] = former with { Sources = attempt.Sources, HeldUntil = attempt.Sources.Newest + SettlingTime };
    }

    private ScriptEntry Load(string name, IReadOnlyList<string> files)
    {
        var sources = SourceStamps.OfTree(directory);
        if (files.Count > 1)
        {
            var conflict = new ScriptException(ScriptFailure.LoadFailed, ConflictText(name, files));
            return new ScriptEntry(name, files[0], Program: null, conflict, sources);
        }

        try
        {
            var program = load(files[0]);
            return new ScriptEntry(name, files[0], program, Failure: null, sources.Only([files[0], .. program.SourceFiles]));
        }
        catch (ScriptException failure) when (!failure.IsOwners)
        {
            // Which files it would have been made from is not known, so that any edit may be the cure.
            return new ScriptEntry(name, files[0], Program: null, failure, sources);
        }
    }

    /// <summary>What is wrong with a script that more than one file defines.</summary>
    public static string ConflictText(string name, IReadOnlyList<string> files) =>
        $"script '{name}' is defined by more than one file: {string.Join(", ", files.Select(Path.GetFileName))}";
}
