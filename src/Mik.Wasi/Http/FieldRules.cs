using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Mik.Wasi.Http;

/// <summary>Which headers there can be, and which are the host's own business.</summary>
internal static class FieldRules
{
    // rfc: 9110#5.6.2
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // rfc: 9110#5.5, with bytes above 0x7F let through as the RFC's obs-text.
    private static readonly SearchValues<byte> ValueBytes =
        SearchValues.Create([(byte)'\t', .. Enumerable.Range(0x20, 0xE0).Select(static b => (byte)b).Where(static b => b != 0x7F)]);

    // They concern one connection, or the authority that has its own place: guests neither see nor set them.
    private static readonly FrozenSet<string> Forbidden = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "connection",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade");

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenChars);

    public static bool IsValue(ReadOnlySpan<byte> value) => !value.ContainsAnyExcept(ValueBytes);

    public static bool IsForbidden(string name) => Forbidden.Contains(name);

    public static byte[] ToBytes(string value)
    {
        foreach (var c in value)
        {
            if (c > 0xFF)
            {
                return Encoding.UTF8.GetBytes(value);
            }
        }

        return Encoding.Latin1.GetBytes(value);
    }

    public static string ToText(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value);
}
