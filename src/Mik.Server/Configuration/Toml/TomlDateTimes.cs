using System.Globalization;

namespace Mik.Server.Configuration.Toml;

/// <summary>The four kinds of dates and times (RFC 3339 and its parts).</summary>
internal static class TomlDateTimes
{
    private const int DateLength = 10;

    /// <summary>Whether a word starts as a date does, so that a blank and a time may follow it.</summary>
    public static bool IsDate(string word) =>
        word.Length == DateLength && word[4] == '-' && word[7] == '-' && char.IsAsciiDigit(word[0]);

    /// <summary>Whether a word can only have been meant as a date or a time.</summary>
    public static bool LooksLikeOne(string word) =>
        word.Length >= 5 && char.IsAsciiDigit(word[0])
        && (word[2] == ':' || (word[4] == '-' && word.AsSpan(0, 4).ContainsAnyExceptInRange('0', '9') is false));

    public static bool TryParse(string word, out object value)
    {
        value = word;
        var hasDate = word.Length >= DateLength && word[4] == '-';
        if (!hasDate)
        {
            var isTime = TryParseTime(word, out var time);
            value = time;
            return isTime;
        }

        if (!DateOnly.TryParseExact(word.AsSpan(0, DateLength), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return false;
        }

        value = date;
        return word.Length == DateLength || TryParseAfterDate(date, word[DateLength..], out value);
    }

    private static bool TryParseAfterDate(DateOnly date, string rest, out object value)
    {
        value = rest;
        if (rest[0] is not ('T' or 't' or ' '))
        {
            return false;
        }

        var offsetAt = rest.IndexOfAny(['Z', 'z', '+', '-']);
        if (!TryParseTime(offsetAt < 0 ? rest[1..] : rest[1..offsetAt], out var time))
        {
            return false;
        }

        var local = date.ToDateTime(time);
        if (offsetAt < 0)
        {
            value = local;
            return true;
        }

        if (!TryParseOffset(rest[offsetAt..], out var offset) || !IsRepresentable(local, offset))
        {
            return false;
        }

        // DateTimeOffset stops at 14 hours; RFC 3339 does not. The instant is what counts.
        value = offset.Duration() <= TimeSpan.FromHours(14)
            ? new DateTimeOffset(local, offset)
            : new DateTimeOffset(local - offset, TimeSpan.Zero);
        return true;
    }

    private static bool TryParseTime(string text, out TimeOnly time)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? text : text[..dot];
        if (!TimeOnly.TryParseExact(whole, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            return false;
        }

        if (dot < 0)
        {
            return true;
        }

        var fraction = text[(dot + 1)..];
        if (fraction.Length == 0 || !fraction.All(char.IsAsciiDigit))
        {
            return false;
        }

        // Finer than the 100 nanoseconds of a tick is cut off, not rounded, as TOML asks.
        time = time.Add(TimeSpan.FromTicks(long.Parse(fraction.PadRight(7, '0')[..7], CultureInfo.InvariantCulture)));
        return true;
    }

    private static bool TryParseOffset(string text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (!TimeOnly.TryParseExact(text.AsSpan(1), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var distance))
        {
            return false;
        }

        offset = text[0] == '-' ? -distance.ToTimeSpan() : distance.ToTimeSpan();
        return true;
    }

    private static bool IsRepresentable(DateTime local, TimeSpan offset)
    {
        var ticks = local.Ticks - offset.Ticks;
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
    }
}
