using System.Buffers;

namespace Mik.Server.Observability;

/// <summary>What other tracing systems let travel with a trace: passed on as it came, or dropped as a whole.</summary>
internal static class TraceState
{
    // What everybody has to pass on at least; longer ones may be dropped.
    private const int MaxLength = 512;
    private const int MaxMembers = 32;
    private const int MaxPartLength = 256;

    private static readonly SearchValues<char> KeyChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-*/@");

    /// <summary>The value, if it is a valid one and not too long; <see langword="null"/> otherwise.</summary>
    /// <param name="value">The header's value, several of them joined by commas.</param>
    // rfc: W3C Trace Context, tracestate header field values
    public static string? Validate(string? value)
    {
        if (value is not { Length: > 0 and <= MaxLength })
        {
            return null;
        }

        var members = 0;
        foreach (var range in value.AsSpan().Split(','))
        {
            var member = value.AsSpan(range).Trim(" \t");
            if (member.IsEmpty)
            {
                continue;
            }

            if (++members > MaxMembers || !IsMember(member))
            {
                return null;
            }
        }

        return members > 0 ? value : null;
    }

    private static bool IsMember(ReadOnlySpan<char> member)
    {
        var equals = member.IndexOf('=');
        if (equals is < 1 or > MaxPartLength || member.Length - equals - 1 is < 1 or > MaxPartLength)
        {
            return false;
        }

        var key = member[..equals];
        var value = member[(equals + 1)..];
        return (char.IsAsciiLetterLower(key[0]) || char.IsAsciiDigit(key[0]))
            && !key.ContainsAnyExcept(KeyChars)
            && !value.ContainsAnyExceptInRange(' ', '~')
            && !value.Contains('=');
    }
}
