using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mik.Wasi.Http;

/// <summary>Which parts of a URI a guest may give.</summary>
internal static class UriRules
{
    // rfc: 3986#3.3 and #3.4, with the few characters besides that clients commonly leave unescaped.
    private static readonly SearchValues<char> PathChars = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c).Where(static c => c is not ('#' or '<' or '>' or '\\'))]);

    // rfc: 3986#3.2.2. No user information: it only serves to disguise hosts.
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("-._~%!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsPathWithQuery(string text) =>
        text.Length == 0 || (text[0] is '/' or '?' && !text.AsSpan().ContainsAnyExcept(PathChars)) || text == "*";

    public static bool IsAuthority(string text)
    {
        var host = text.AsSpan();
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && !host[colon..].Contains(']'))
        {
            if (!ushort.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            host = host[..colon];
        }

        if (host is ['[', .. var literal, ']'])
        {
            return !literal.Contains('%')
                && IPAddress.TryParse(literal, out var address)
                && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        return !host.IsEmpty && !host.ContainsAnyExcept(NameChars);
    }

    /// <summary>The whole URI, its path left exactly as the guest wrote it; <see langword="null"/> if the parts do not make one.</summary>
    public static Uri? Combine(string scheme, string authority, string? pathWithQuery)
    {
        var path = pathWithQuery switch
        {
            null or "" => "/",
            ['?', ..] => "/" + pathWithQuery,
            _ => pathWithQuery,
        };
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return path != "*" && Uri.TryCreate($"{scheme}://{authority}{path}", options, out var uri) ? uri : null;
    }
}
