using System.Globalization;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Mik.Server.StaticFiles;

/// <summary>A file that is open for one answer: replacing it meanwhile changes nothing. Disposing closes it.</summary>
internal sealed class StaticFile : IDisposable
{
    private StaticFile(SafeFileHandle handle, string? encoding)
    {
        Handle = handle;
        Encoding = encoding;
        Length = RandomAccess.GetLength(handle);
        var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(handle), TimeSpan.Zero);

        // Headers know seconds, edits do not wait for them: the tag has the time in full.
        Tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{modified.UtcTicks:x}-{Length:x}{encoding}\""));
        LastModified = modified.AddTicks(-(modified.UtcTicks % TimeSpan.TicksPerSecond));
    }

    /// <summary>Where its bytes are read.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>How it was compressed beforehand; <see langword="null"/> for the file as it is.</summary>
    public string? Encoding { get; }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>Changes with every edit; a strong validator.</summary>
    public EntityTagHeaderValue Tag { get; }

    /// <summary>In whole seconds, as headers say it.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>Opens a file; whoever writes, renames or deletes it is not disturbed.</summary>
    /// <exception cref="IOException">It cannot be opened; it may have gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static StaticFile Open(string path, string? encoding = null)
    {
        var handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        try
        {
            return new StaticFile(handle, encoding);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => Handle.Dispose();
}
