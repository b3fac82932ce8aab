using System.Text;
using System.Text.Unicode;

namespace Mik.Server.Routing;

/// <summary>What a handler or script may be called, on disk and in a path.</summary>
internal static class EntryName
{
    /// <summary>255 bytes: the longest file name common file systems take.</summary>
    private const int MaxBytes = 255;

    /// <summary>Why <paramref name="name"/> cannot name a handler or script, or <see langword="null"/> when it can.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0)
        {
            return "is empty";
        }

        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return "contains a null character";
        }

        if (name.AsSpan().ContainsAny('/', '\\'))
        {
            return "contains a path separator";
        }

        if (name is "." or "..")
        {
            return "is a special directory";
        }

        if (Encoding.UTF8.GetByteCount(name) > MaxBytes)
        {
            return "is longer than 255 bytes";
        }

        foreach (var c in name)
        {
            if (char.IsControl(c))
            {
                return "contains a control character";
            }
        }

        return null;
    }

    /// <summary>Undoes percent-encoding once. A malformed escape stays as it is; bytes that are not UTF-8 name nothing.</summary>
    public static string? Decode(ReadOnlySpan<char> segment)
    {
        if (!segment.Contains('%'))
        {
            return segment.ToString();
        }

        // An undecoded character needs at most three UTF-8 bytes, and a path is at most 4096 bytes long.
        var bytes = new byte[segment.Length * 3];
        var length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '%' && i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2]))
            {
                bytes[length++] = (byte)((HexValue(segment[i + 1]) << 4) | HexValue(segment[i + 2]));
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(segment.Slice(i, 1), bytes.AsSpan(length));
            }
        }

        var decoded = bytes.AsSpan(0, length);
        return Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
