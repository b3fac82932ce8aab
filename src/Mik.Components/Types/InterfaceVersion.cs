namespace Mik.Components.Types;

/// <summary>The version in an interface's name: semantic, or shortened to the part that compatibility depends on.</summary>
/// <param name="Track">Versions with the same track are compatible: <c>1</c>, <c>0.2</c>, <c>0.0.3</c>; exact for pre-releases.</param>
internal readonly record struct InterfaceVersion(string Track, ulong Major, ulong Minor, ulong Patch)
{
    /// <summary>Reads a version; <see langword="null"/> when it is none.</summary>
    public static InterfaceVersion? Parse(ReadOnlySpan<char> text)
    {
        var core = text;
        var build = core.IndexOf('+');
        if (build >= 0)
        {
            if (!AreIdentifiers(core[(build + 1)..], numbersMayStartWithZero: true))
            {
                return null;
            }

            core = core[..build];
        }

        var dash = core.IndexOf('-');
        var isPreRelease = dash >= 0;
        if (isPreRelease)
        {
            if (!AreIdentifiers(core[(dash + 1)..], numbersMayStartWithZero: false))
            {
                return null;
            }

            core = core[..dash];
        }

        Span<ulong> numbers = stackalloc ulong[3];
        var count = 0;
        foreach (var range in core.Split('.'))
        {
            var part = core[range];
            if (count == 3 || !IsNumber(part) || !ulong.TryParse(part, out numbers[count]))
            {
                return null;
            }

            count++;
        }

        var shortest = numbers[0] > 0 ? 1 : numbers[1] > 0 ? 2 : 3;
        if (count != 3 && (count != shortest || isPreRelease || build >= 0))
        {
            return null;
        }

        var track = isPreRelease ? text.ToString() : string.Join('.', numbers[..shortest].ToArray());
        return new InterfaceVersion(track, numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>
    /// The name under which compatible versions of an interface meet: <c>wasi:io/poll@0.2.12</c> becomes
    /// <c>wasi:io/poll@0.2</c>. A name without version is its own.
    /// </summary>
    public static string TrackName(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        return at >= 0 && Parse(name.AsSpan(at + 1)) is { } version ? $"{name.AsSpan(0, at)}@{version.Track}" : name;
    }

    /// <summary>The version in a name, or zero.</summary>
    public static (ulong Major, ulong Minor, ulong Patch) Of(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        return at >= 0 && Parse(name.AsSpan(at + 1)) is { } version ? (version.Major, version.Minor, version.Patch) : default;
    }

    /// <summary>Whether a name ends in the shortened form of a version whose rest is <paramref name="suffix"/>.</summary>
    public static bool IsSplit(string name, string suffix)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return false;
        }

        var start = name[(at + 1)..];
        return Parse(start + suffix) is { } whole && start == ShortestOf(whole);
    }

    private static string ShortestOf(InterfaceVersion version) =>
        version.Major > 0 ? $"{version.Major}"
        : version.Minor > 0 ? $"0.{version.Minor}"
        : $"0.0.{version.Patch}";

    private static bool AreIdentifiers(ReadOnlySpan<char> text, bool numbersMayStartWithZero)
    {
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.IsEmpty)
            {
                return false;
            }

            var isNumber = true;
            foreach (var c in part)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }

                isNumber &= char.IsAsciiDigit(c);
            }

            if (isNumber && !numbersMayStartWithZero && part.Length > 1 && part[0] == '0')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0');
}
