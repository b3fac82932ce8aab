using System.Security.Cryptography;
using System.Text;

namespace Mik.Scripting.TypeScript;

/// <summary>
/// Keeps what sources were erased to in a directory, so that a program that starts again needs no type eraser for files that have not
/// changed: compiling it costs more than everything else at that moment. What cannot be read or written is as if it had not been kept.
/// Thread-safe, also between processes.
/// </summary>
/// <param name="directory">The directory; made when it is first written to, for its user alone.</param>
internal sealed class ErasedSources(string directory)
{
    // A kept source that is still wanted is made again after this: simpler than noting every use.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // Another build may erase differently.
    private static readonly byte[] Build = typeof(ErasedSources).Assembly.ManifestModule.ModuleVersionId.ToByteArray();

    private int _isTidied;

    /// <summary>What a source was erased to; <see langword="null"/> when that is not known.</summary>
    public string? Find(string source)
    {
        try
        {
            var file = FileOf(source);
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps what a source was erased to.</summary>
    public void Keep(string source, string erased)
    {
        try
        {
            MakeDirectory();
            if (Interlocked.Exchange(ref _isTidied, 1) == 0)
            {
                Tidy();
            }

            // Moved into place whole: another process may be reading.
            var file = FileOf(source);
            var draft = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, erased);
            File.Move(draft, file, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Nothing is lost but time.
        }
    }

    private void MakeDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            // What others could write, this user would run.
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Tidy()
    {
        var newest = new DirectoryInfo(directory).EnumerateFiles().Select(static file => file.LastWriteTimeUtc).DefaultIfEmpty().Max();
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles().Where(file => newest - file.LastWriteTimeUtc > Lifetime))
        {
            file.Delete();
        }
    }

    private string FileOf(string source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Build);
        hash.AppendData(Encoding.UTF8.GetBytes(source));
        return Path.Combine(directory, Convert.ToHexStringLower(hash.GetHashAndReset()) + ".js");
    }
}
