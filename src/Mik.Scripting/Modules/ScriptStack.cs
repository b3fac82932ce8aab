using System.Globalization;

namespace Mik.Scripting.Modules;

/// <summary>Reads QuickJS's stack traces: lines of the form <c>    at name (file:line:column)</c>.</summary>
internal static class ScriptStack
{
    /// <summary>The stack without frames of the runtime's own modules; <see langword="null"/> when nothing is left.</summary>
    public static string? Clean(string? stack)
    {
        var lines = (stack ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !IsOurs(line));
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
