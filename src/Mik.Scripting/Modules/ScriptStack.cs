using System.Globalization;

namespace Mik.Scripting.Modules;

/// <summary>Reads QuickJS's stack traces: lines of the form <c>    at name (file:line:column)</c>.</summary>
internal static class ScriptStack
{
    /// <summary>
    /// The stack without frames of the runtime's own modules, columns counted in characters; <see langword="null"/> when nothing is left.
    /// </summary>
    /// <param name="stack">The stack as QuickJS has it.</param>
    /// <param name="sourceOf">The text of a module, where it is known.</param>
    public static string? Clean(string? stack, Func<string, string?> sourceOf)
    {
        var lines = (stack ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !IsOurs(line))
            .Select(line => InCharacters(line, sourceOf));
        var text = string.Join('\n', lines);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The first place in a cleaned stack.</summary>
    public static SourcePosition? Top(string? stack)
    {
        foreach (var line in (stack ?? "").Split('\n'))
        {
            if (TryRead(line, out var position))
            {
                return position;
            }
        }

        return null;
    }

    private static bool IsOurs(string line) => line.Contains("mik:", StringComparison.Ordinal);

    // QuickJS counts the bytes of UTF-8.
    private static string InCharacters(string line, Func<string, string?> sourceOf)
    {
        if (!TryRead(line, out var place) || sourceOf(place.File) is not { } source)
        {
            return line;
        }

        var corrected = SourcePosition.AtByte(place.File, source, place.Line, place.Column);
        return corrected == place ? line : line.Replace($":{place.Line}:{place.Column}", $":{corrected.Line}:{corrected.Column}", StringComparison.Ordinal);
    }

    private static bool TryRead(string line, out SourcePosition position)
    {
        position = default;
        var place = line.TrimEnd(')', ' ');
        var open = place.LastIndexOf('(');
        place = (open >= 0 ? place[(open + 1)..] : place.Replace("    at ", "", StringComparison.Ordinal)).Trim();
        var parts = place.Split(':');
        if (parts.Length < 3
            || !int.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var lineNumber)
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var column))
        {
            return false;
        }

        position = new SourcePosition(string.Join(':', parts[..^2]), lineNumber, column);
        return true;
    }
}
