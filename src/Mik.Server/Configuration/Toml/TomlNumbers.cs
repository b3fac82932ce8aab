using System.Globalization;

namespace Mik.Server.Configuration.Toml;

/// <summary>Integers and floats.</summary>
internal static class TomlNumbers
{
    /// <summary>Whether a word is an integer or a float, and which.</summary>
    /// <exception cref="OverflowException">It is an integer that does not fit in 64 bits.</exception>
    public static bool TryParse(string word, out object value)
    {
        value = word switch
        {
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            _ => ParseWithPrefix(word) ?? ParseDecimal(word) ?? "",
        };
        return value is not "";
    }

    private static long? ParseWithPrefix(string word)
    {
        var bits = word.Length < 2 ? 0 : word[..2] switch
        {
            "0x" => 4,
            "0o" => 3,
            "0b" => 1,
            _ => 0,
        };

        if (bits == 0 || !TryJoinDigits(word.AsSpan(2), bits, out var digits))
        {
            return null;
        }

        Int128 value = 0;
        foreach (var digit in digits)
        {
            value = (value << bits) | Convert.ToInt32(digit.ToString(), 16);
            if (value > long.MaxValue)
            {
                throw new OverflowException();
            }
        }

        return (long)value;
    }

    private static object? ParseDecimal(string word)
    {
        var unsigned = word.AsSpan(word.StartsWith('+') || word.StartsWith('-') ? 1 : 0);
        var exponentAt = unsigned.IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? unsigned : unsigned[..exponentAt];
        var pointAt = mantissa.IndexOf('.');
        var whole = pointAt < 0 ? mantissa : mantissa[..pointAt];

        if (!TryJoinDigits(whole, 0, out var text) || (text.Length > 1 && text[0] == '0'))
        {
            return null;
        }

        if (pointAt >= 0)
        {
            if (!TryJoinDigits(mantissa[(pointAt + 1)..], 0, out var fraction))
            {
                return null;
            }

            text += "." + fraction;
        }

        if (exponentAt >= 0)
        {
            var exponent = unsigned[(exponentAt + 1)..];
            var sign = exponent.StartsWith('+') || exponent.StartsWith('-') ? exponent[..1] : [];
            if (!TryJoinDigits(exponent[sign.Length..], 0, out var power))
            {
                return null;
            }

            text += $"e{sign}{power}";
        }

        text = word.StartsWith('-') ? "-" + text : text;
        return pointAt < 0 && exponentAt < 0
            ? (object)long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The digits without their underscores, each of which must stand between two digits. <paramref name="bits"/> per digit: 1, 3
    /// or 4, or 0 for decimal ones.
    /// </summary>
    private static bool TryJoinDigits(ReadOnlySpan<char> text, int bits, out string digits)
    {
        digits = text.ToString().Replace("_", "", StringComparison.Ordinal);
        var separated = text is [not '_', .., not '_'] or [not '_'] && !text.Contains("__", StringComparison.Ordinal);
        return separated && digits.All(bits switch
        {
            0 => char.IsAsciiDigit,
            1 => static c => c is '0' or '1',
            3 => static c => c is >= '0' and <= '7',
            _ => char.IsAsciiHexDigit,
        });
    }
}
