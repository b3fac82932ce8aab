using System.Collections.Concurrent;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Caching;

/// <summary>
/// Machine code of modules, kept on disk for the next start. Modules that are not there are compiled as they run, and wait in the
/// directory until <see cref="CompileWaiting"/> is called, by this process or another. Files are treated as the code they are: see
/// <see cref="CodeCacheOptions.Directory"/>. Whatever goes wrong with files, the effect is that of an empty cache. Thread-safe, also between processes.
/// </summary>
public sealed class CodeCache
{
    private const string CodePurpose = "code";
    private const string WaitingPurpose = "dll"; // the compiler reads no files that are called anything else
    private const string RefusedPurpose = "refused";
    private const string DraftSuffix = ".draft";

    // Nothing is written for that long.
    private static readonly TimeSpan DraftLifetime = TimeSpan.FromHours(1);

    private readonly CodeCacheOptions _options;
    private readonly string _directory;
    private int _found;
    private int _missed;

    private CodeCache(CodeCacheOptions options)
    {
        _options = options;
        _directory = options.Directory;
    }

    /// <summary>Raised when a module starts waiting, on the thread that compiled it.</summary>
    public event Action? Added;

    /// <summary>Whether there is an ahead-of-time compiler, so that code can be added.</summary>
    public bool CanCompile => _options.CompilerFile is not null;

    /// <summary>Modules of this process whose code was in the cache.</summary>
    public int Found => Volatile.Read(ref _found);

    /// <summary>Modules of this process whose code was not.</summary>
    public int Missed => Volatile.Read(ref _missed);

    /// <summary>Opens a cache.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="problem">Why there is none, for people.</param>
    /// <returns>The cache; <see langword="null"/> when the directory cannot be used, or the system is none of those code is kept on.</returns>
    public static CodeCache? Open(CodeCacheOptions options, out string? problem)
    {
        if (!OperatingSystem.IsLinux())
        {
            problem = "compiled code is only kept on Linux";
            return null;
        }

        try
        {
            Directory.CreateDirectory(options.Directory, PrivateFiles.DirectoryMode);
            problem = PrivateFiles.IsPrivateDirectory(options.Directory)
                ? null
                : $"{options.Directory} is not this user's own, or others may write to it";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = failure.Message;
        }

        return problem is null ? new CodeCache(options) : null;
    }

    /// <summary>Compiles what waits, one module after the other, each in a process of low priority. Does nothing while another process does.</summary>
    /// <param name="cancellation">Ends it; what is not compiled goes on waiting.</param>
    /// <returns>How many modules were compiled.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public int CompileWaiting(CancellationToken cancellation)
    {
        if (_options.CompilerFile is not { } file || TakeTurn() is not { } turn)
        {
            return 0;
        }

        using (turn)
        {
            var compiler = new Crossgen(file);
            var tried = new HashSet<string>();
            var compiled = 0;
            while (FilesOf(WaitingPurpose).Where(f => !tried.Contains(f.Name)).MinBy(static f => f.LastWriteTimeUtc) is { } waiting)
            {
                cancellation.ThrowIfCancellationRequested();
                tried.Add(waiting.Name);
                compiled += Compile(compiler, waiting.FullName, cancellation) ? 1 : 0;
                TryDelete(waiting.FullName);
                Tidy();
            }

            return compiled;
        }
    }

    /// <summary>Counts what is there.</summary>
    public CodeCacheContents Measure() =>
        new(FilesOf(CodePurpose).Count(), FilesOf(WaitingPurpose).Count(), Files().Sum(static f => f.Length));

    /// <summary>Deletes everything. Processes that have loaded code keep it.</summary>
    /// <returns>What was there.</returns>
    public CodeCacheContents Clear()
    {
        var contents = Measure();
        foreach (var file in Files())
        {
            TryDelete(file.FullName);
        }

        return contents;
    }

    /// <summary>Code of this process by key and name: it is never unloaded, so that a module that comes back costs nothing more.</summary>
    internal ConcurrentDictionary<(CodeKey Key, string Name), EmittedCode> Loaded { get; } = new();

    /// <summary>The file with a module's machine code, verified; <see langword="null"/> when there is none.</summary>
    internal string? Find(CodeKey key)
    {
        var path = PathOf(key, CodePurpose);
        if (File.Exists(path))
        {
            if (SealedFile.IsIntact(path, CodePurpose, key))
            {
                Touch(path);
                Interlocked.Increment(ref _found);
                return path;
            }

            TryDelete(path);
        }

        Interlocked.Increment(ref _missed);
        return null;
    }

    /// <summary>Takes back what <see cref="Find"/> gave, because it turned out to be no use.</summary>
    internal void Reject(CodeKey key)
    {
        Interlocked.Decrement(ref _found);
        Interlocked.Increment(ref _missed);
        TryDelete(PathOf(key, CodePurpose));
    }

    /// <summary>Lets an emitted assembly wait until it is compiled.</summary>
    /// <param name="key">What it will be found under.</param>
    /// <param name="image">The assembly, of a module that has passed validation: what is found again is not validated again.</param>
    internal void Add(CodeKey key, ReadOnlySpan<byte> image)
    {
        if (!CanCompile || File.Exists(PathOf(key, RefusedPurpose)) || File.Exists(PathOf(key, WaitingPurpose)))
        {
            return;
        }

        if (Write(key, WaitingPurpose, image))
        {
            // Here as well: commands that end soon add and never compile.
            Tidy();
            Added?.Invoke();
        }
    }

    private bool Compile(Crossgen compiler, string waiting, CancellationToken cancellation)
    {
        var key = new CodeKey(Path.GetFileNameWithoutExtension(waiting));
        if (File.Exists(PathOf(key, CodePurpose)) || !SealedFile.IsIntact(waiting, WaitingPurpose, key))
        {
            return false;
        }

        var draft = DraftPath(key);
        try
        {
            if (compiler.Compile(waiting, draft, cancellation) && new FileInfo(draft).Length <= _options.MaxBytes)
            {
                SealedFile.Publish(draft, PathOf(key, CodePurpose), CodePurpose, key);
                Touch(PathOf(key, CodePurpose));
                return true;
            }

            // Not again at every start.
            Write(key, RefusedPurpose, []);
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            TryDelete(draft);
        }
    }

    // Held by the process that compiles; the system gives it back when that process ends in whatever way.
    private FileStream? TakeTurn()
    {
        try
        {
            return new FileStream(Path.Combine(_directory, "turn"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Tidy()
    {
        var now = _options.TimeProvider.GetUtcNow().UtcDateTime;
        var files = Files().OrderByDescending(static f => f.LastWriteTimeUtc).ToList();
        var bytes = 0L;
        foreach (var file in files)
        {
            bytes += file.Length;
            if (bytes > _options.MaxBytes || (file.Extension == DraftSuffix && now - file.LastWriteTimeUtc > DraftLifetime))
            {
                bytes -= file.Length;
                TryDelete(file.FullName);
            }
        }
    }

    private bool Write(CodeKey key, string purpose, ReadOnlySpan<byte> content)
    {
        var draft = DraftPath(key);
        try
        {
            using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
            }

            SealedFile.Publish(draft, PathOf(key, purpose), purpose, key);
            Touch(PathOf(key, purpose));
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            TryDelete(draft);
            return false;
        }
    }

    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, _options.TimeProvider.GetUtcNow().UtcDateTime);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Deleted by another process, or on a disk that has become read-only.
        }
    }

    private IEnumerable<FileInfo> FilesOf(string purpose) => Files().Where(f => f.Extension == $".{purpose}");

    private List<FileInfo> Files()
    {
        try
        {
            // Asked for existence, each remembers its length: other processes may delete it now.
            return [.. new DirectoryInfo(_directory).EnumerateFiles().Where(static f => f.Exists && f.Extension is not "")];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whoever may write to the directory again will.
        }
    }

    private string DraftPath(CodeKey key) => Path.Combine(_directory, $"{key.Text}-{Guid.NewGuid():N}{DraftSuffix}");

    private string PathOf(CodeKey key, string purpose) => Path.Combine(_directory, $"{key.Text}.{purpose}");
}
