using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Mik.Server.Routing;

namespace Mik.Server.StaticFiles;

/// <summary>
/// The rest of a path below <c>/static/</c>, as names of directories and a file. A file has one spelling: what some operating system
/// reads as something else than a plain name is refused on all of them, so that a project is as safe where it moves to.
/// </summary>
/// <param name="Segments">Decoded names, none of which leads anywhere but down. Empty for the directory itself.</param>
/// <param name="IsDirectory">Whether the path ends in a slash.</param>
internal sealed record StaticPath(IReadOnlyList<string> Segments, bool IsDirectory)
{
    // Windows takes both separators, reads a colon as a drive or an alternate stream, and forbids the rest.
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Reads the path as it was sent, after <c>/static/</c>.</summary>
    /// <param name="rest">Percent-encoded; a slash that is encoded does not separate.</param>
    /// <param name="path">The path, when it is one.</param>
    /// <param name="problem">Why it is none.</param>
    public static bool TryParse(string rest, [NotNullWhen(true)] out StaticPath? path, [NotNullWhen(false)] out string? problem)
    {
        (path, problem) = (null, null);
        var encoded = rest.Split('/');
        var isDirectory = encoded[^1].Length == 0;
        var segments = new List<string>(encoded.Length);
        foreach (var segment in isDirectory ? encoded[..^1] : encoded)
        {
            var name = EntryName.Decode(segment);
            problem = name is null ? "is not UTF-8" : ProblemOf(name);
            if (problem is not null)
            {
                return false;
            }

            segments.Add(name!);
        }

        path = new StaticPath(segments, isDirectory);
        return true;
    }

    private static string? ProblemOf(string name)
    {
        if (EntryName.Problem(name) is { } problem)
        {
            return problem;
        }

        if (name.AsSpan().ContainsAny(Refused))
        {
            return "contains a character that file names cannot have everywhere";
        }

        if (name[^1] is '.' or ' ')
        {
            return "ends in a dot or a space";
        }

        return IsDevice(name) ? "is the name of a device" : null;
    }

    /// <summary>The names that Windows keeps for devices, whatever extension follows.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : name.Length).TrimEnd(' ');
        return stem switch
        {
            { Length: 3 } => IsAny(stem, "CON", "PRN", "AUX", "NUL"),
            { Length: 4 } => IsAny(stem[..3], "COM", "LPT") && stem[3] is (>= '1' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3',
            _ => IsAny(stem, "CONIN$", "CONOUT$"),
        };
    }

    private static bool IsAny(ReadOnlySpan<char> stem, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (stem.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
