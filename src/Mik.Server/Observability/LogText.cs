using System.Text;

namespace Mik.Server.Observability;

/// <summary>Makes text from clients and guests safe for a log line.</summary>
public static class LogText
{
    /// <summary>The most characters that are kept unless said otherwise: enough for any path this server accepts.</summary>
    public const int UsualLength = 4096;

    /// <summary>
    /// Escapes control characters, line separators and what turns the direction of writing, so that nobody can forge a line, and caps
    /// the length.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most characters of it that are kept.</param>
    public static string Of(string text, int maxLength = UsualLength) => Of(text, maxLength, keepsLines: false);

    /// <summary>The same for text of several lines, such as a stack: log formats tell its lines from entries.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most characters of it that are kept.</param>
    public static string OfLines(string text, int maxLength = UsualLength) => Of(text, maxLength, keepsLines: true);

    private static string Of(string text, int maxLength, bool keepsLines)
    {
        var plain = text.Length <= maxLength;
        for (var i = 0; plain && i < text.Length; i++)
        {
            plain = !Misleads(text[i]) || (keepsLines && text[i] == '\n');
        }

        return plain ? text : Escape(text, maxLength, keepsLines);
    }

    private static string Escape(string text, int maxLength, bool keepsLines)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.AsSpan(0, LengthToKeep(text, maxLength)))
        {
            if (Misleads(c) && !(keepsLines && c == '\n'))
            {
                escaped.Append(c > 0xFF ? $"\\u{(int)c:X4}" : $"\\x{(int)c:X2}");
            }
            else
            {
                escaped.Append(c);
            }
        }

        return text.Length > maxLength ? escaped.Append('…').ToString() : escaped.ToString();
    }

    // Half a character is none.
    private static int LengthToKeep(string text, int maxLength) =>
        text.Length <= maxLength ? text.Length : maxLength - (char.IsHighSurrogate(text[maxLength - 1]) ? 1 : 0);

    // Terminals and log viewers break lines at separators as well, and reorder what follows a change of direction.
    private static bool Misleads(char c) =>
        (char.IsControl(c) && c != '\t') || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
