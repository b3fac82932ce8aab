using System.Text;

namespace Mik.Server.Observability;

/// <summary>Makes text from clients and guests safe for a log line.</summary>
internal static class LogText
{
    /// <summary>Enough for any path this server accepts.</summary>
    private const int MaxLength = 4096;

    /// <summary>Escapes control characters, so that nobody can forge a line, and caps the length.</summary>
    public static string Of(string text)
    {
        var plain = text.Length <= MaxLength;
        for (var i = 0; plain && i < text.Length; i++)
        {
            plain = !char.IsControl(text[i]);
        }

        return plain ? text : Escape(text);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (char.IsControl(c))
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
