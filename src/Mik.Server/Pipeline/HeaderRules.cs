using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Mik.Server.Pipeline;

/// <summary>Which headers travel through this server, and how their bytes are written as text: one Latin-1 character each.</summary>
internal static class HeaderRules
{
    // rfc: 9110#5.6.2
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // rfc: 9110#7.6.1. They describe one connection; `trailer` announces what this server does not forward.
    private static readonly FrozenSet<string> Connection = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "connection",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade");

    // rfc: 9110#6.5.1. What routes, frames or describes the message comes too late in a trailer, or overrides what was relied on.
    private static readonly FrozenSet<string> Early = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "authorization",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "host",
        "set-cookie",
        "traceparent",
        "x-mik-call-depth",
        "x-mik-duration-ms",
        "x-mik-handler",
        "x-request-id");

    /// <summary>Whether a header ends at this server instead of being passed on.</summary>
    public static bool IsOfConnection(string name) => Connection.Contains(name);

    /// <summary>Whether a field may follow a body.</summary>
    public static bool IsTrailer(string name) => IsToken(name) && !Connection.Contains(name) && !Early.Contains(name);

    /// <summary>Whether this can be a header's name or a method.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenChars);

    /// <summary>Whether this can be a header's value, once it is in wire form.</summary>
    public static bool IsValue(string text)
    {
        foreach (var c in text)
        {
            if (c is (< ' ' and not '\t') or '\x7F' or > '\xFF')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Text in wire form: as it is when it fits Latin-1, otherwise its UTF-8 bytes.</summary>
    public static string ToWire(string text)
    {
        foreach (var c in text)
        {
            if (c > '\xFF')
            {
                return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }
}
