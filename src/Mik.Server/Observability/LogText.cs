using System.Text;

namespace Mik.Server.Observability;

/// <summary>Makes text from clients and guests safe for a log line.</summary>
internal static class LogText
{
    /// <summary>Enough for any path this server accepts.</summary>
    private const int MaxLength = 4096;

    /// <summary>Escapes control characters, so that nobody can forge a line, and caps the length.</summary>
    public static string Of(string text) => Of(text, keepsLines: false);

    /// <summary>The same for text of several lines, such as a stack: log formats tell its lines from entries.</summary>
    public static string OfLines(string text) => Of(text, keepsLines: true);

    private static string Of(string text, bool keepsLines)
    {
        var plain = text.Length <= MaxLength;
        for (var i = 0; plain && i < text.Length; i++)
        {
            plain = !char.IsControl(text[i]) || (keepsLines && text[i] == '\n');
        }

        return plain ? text : Escape(text, keepsLines);
    }

    private static string Escape(string text, bool keepsLines)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (char.IsControl(c) && !(keepsLines && c == '\n'))
            {
                escaped.Append($"\\x{(int)c:X2}");
            }
            else
            {
                escaped.Append(c);
            }
        }

        return text.Length > MaxLength ? escaped.Append('…').ToString() : escaped.ToString();
    }
}
