using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mik.Wasi.Filesystem;

/// <summary>
/// Follows a guest's path below a directory, one name at a time, each opened in the directory before it: what was looked at is what is
/// used, whoever renames or links meanwhile. Symbolic links are followed here, by their text, so that the rules hold for them as well:
/// nothing absolute, and no <c>..</c> above the directory it began in. wit: wasi:filesystem/types, path resolution
/// </summary>
internal sealed class PathWalk : IDisposable
{
    // linux: MAXSYMLINKS and PATH_MAX.
    private const int MostLinks = 40;
    private const int MostPathBytes = 4096;

    // Each level is an open file while the walk lasts.
    private const int MostDepth = 128;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SafeFileHandle _base;
    private readonly List<SafeFileHandle> _below = [];
    private readonly Stack<string> _names = new();
    private int _links;

    private PathWalk(SafeFileHandle start) => _base = start;

    /// <summary>The directory that the last name is in.</summary>
    public SafeFileHandle Directory => _below.Count > 0 ? _below[^1] : _base;

    /// <summary>The last name, without a slash; <c>.</c> for the directory itself. Not a link if links were to be followed.</summary>
    public string Name { get; private set; } = ".";

    /// <summary>Whether the path says, with a slash at its end, that it names a directory.</summary>
    public bool NamesDirectory { get; private set; }

    /// <summary>Walks to the last name of a path, which need not exist.</summary>
    /// <param name="start">Where the path begins, and above which it must not lead.</param>
    /// <param name="path">The guest's path.</param>
    /// <param name="followLast">Whether a link under the last name is followed.</param>
    /// <param name="walk">Where it led; holds directories open.</param>
    /// <returns>The error, 0 for none.</returns>
    public static int To(SafeFileHandle start, string path, bool followLast, out PathWalk walk)
    {
        walk = new PathWalk(start);
        var error = walk.Push(path);
        return error != 0 ? error : walk.Go(followLast);
    }

    public void Dispose()
    {
        foreach (var directory in _below)
        {
            directory.Dispose();
        }

        _below.Clear();
    }

    private int Push(string path)
    {
        if (path.Length == 0)
        {
            return Errno.NoEntry;
        }

        if (path.StartsWith('/'))
        {
            return Errno.NotPermitted;
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return Errno.Invalid;
        }

        if (Encoding.UTF8.GetByteCount(path) >= MostPathBytes)
        {
            return Errno.NameTooLong;
        }

        // An empty name at the end of what is left makes the slash there count.
        var names = path.Split('/');
        for (var i = names.Length - 1; i >= 0; i--)
        {
            if (names[i].Length > 0 || (i == names.Length - 1 && _names.Count == 0))
            {
                _names.Push(names[i]);
            }
        }

        return 0;
    }

    private int Go(bool followLast)
    {
        while (_names.TryPop(out var name))
        {
            int error;
            switch (name)
            {
                case "" or ".":
                    NamesDirectory = true;
                    continue;
                case "..":
                    NamesDirectory = true;
                    error = Up();
                    break;
                default:
                    // A slash behind the last name is the empty name: the name then has to be entered like any other.
                    if (_names.Count == 0 || (_names.Count == 1 && _names.Peek().Length == 0))
                    {
                        var isLast = true;
                        error = Last(name, followLast || _names.Count == 1, ref isLast);
                        if (error != 0 || isLast)
                        {
                            return error;
                        }
                    }
                    else
                    {
                        error = Down(name);
                    }

                    break;
            }

            if (error != 0)
            {
                return error;
            }
        }

        return 0;
    }

    private int Last(string name, bool follow, ref bool isLast)
    {
        if (follow)
        {
            var error = Posix.ReadLinkAt(Directory, name, out var target);
            if (error == 0)
            {
                isLast = false;
                return Follow(target);
            }

            // Not a link, or not there: whoever uses the name finds out.
            if (error is not (Errno.Invalid or Errno.NoEntry))
            {
                return error;
            }
        }

        NamesDirectory = _names.Count > 0;
        Name = name;
        return 0;
    }

    private int Up()
    {
        if (_below.Count == 0)
        {
            return Errno.NotPermitted;
        }

        _below[^1].Dispose();
        _below.RemoveAt(_below.Count - 1);
        return 0;
    }

    private int Down(string name)
    {
        var error = Posix.OpenAt(Directory, name, Posix.PathOnly | Posix.Directory | Posix.NoFollow, out var next);
        if (error == 0)
        {
            _below.Add(next);
            return _below.Count > MostDepth ? Errno.NameTooLong : 0;
        }

        // linux: a link is reported as either.
        return error is Errno.Loop or Errno.NotDirectory && Posix.ReadLinkAt(Directory, name, out var target) == 0 ? Follow(target) : error;
    }

    private int Follow(byte[] target)
    {
        if (++_links > MostLinks)
        {
            return Errno.Loop;
        }

        try
        {
            return Push(Strict.GetString(target));
        }
        catch (DecoderFallbackException)
        {
            return Errno.IllegalBytes;
        }
    }
}
