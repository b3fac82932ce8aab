using System.Globalization;
using System.Text;

namespace Mik.Server.Configuration.Toml;

/// <summary>The four kinds of strings.</summary>
internal static class TomlStrings
{
    private const string Basic = "\"\"\"";
    private const string Literal = "'''";

    /// <summary>A string of any kind, as a value. The cursor stands at a quotation mark.</summary>
    public static string Read(TomlCursor cursor) => cursor.LooksAt(Basic) || cursor.LooksAt(Literal)
        ? ReadMultiLine(cursor)
        : ReadSingleLine(cursor);

    /// <summary>A string on one line: the only kinds a key may be.</summary>
    public static string ReadSingleLine(TomlCursor cursor)
    {
        var start = cursor.Position;
        var quote = cursor.Peek();
        cursor.Advance();

        var value = new StringBuilder();
        while (!cursor.TryTake(quote))
        {
            if (cursor.AtEnd || cursor.AtNewline)
            {
                throw TomlCursor.ErrorAt(start, $"this string has no closing {quote} before the end of its line");
            }

            if (quote == '"' && cursor.Peek() == '\\')
            {
                ReadEscape(cursor, value);
            }
            else
            {
                AppendPlain(cursor, value);
            }
        }

        return value.ToString();
    }

    private static string ReadMultiLine(TomlCursor cursor)
    {
        var start = cursor.Position;
        var quote = cursor.Peek();
        cursor.Advance(3);

        // A newline directly behind the opening is there for the eye only.
        cursor.TryTakeNewline();

        var value = new StringBuilder();
        while (true)
        {
            if (cursor.AtEnd)
            {
                throw TomlCursor.ErrorAt(start, $"this string has no closing {new string(quote, 3)}");
            }

            if (cursor.Peek() == quote)
            {
                if (ReadQuotes(cursor, quote, value))
                {
                    return value.ToString();
                }
            }
            else if (quote == '"' && cursor.Peek() == '\\')
            {
                if (!TrySkipLineEnd(cursor))
                {
                    ReadEscape(cursor, value);
                }
            }
            else if (cursor.TryTakeNewline())
            {
                // Normalized, so that a file means the same however it was checked out.
                value.Append('\n');
            }
            else
            {
                AppendPlain(cursor, value);
            }
        }
    }

    /// <summary>Reads a run of quotation marks; true when its last three close the string. Up to two before them belong to it.</summary>
    private static bool ReadQuotes(TomlCursor cursor, char quote, StringBuilder value)
    {
        var count = 0;
        while (count < 5 && cursor.TryTake(quote))
        {
            count++;
        }

        value.Append(quote, count >= 3 ? count - 3 : count);
        return count >= 3;
    }

    /// <summary>Skips a backslash that ends its line, and all white space up to the next visible character.</summary>
    private static bool TrySkipLineEnd(TomlCursor cursor)
    {
        var ahead = 1;
        while (cursor.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        if (cursor.Peek(ahead) != '\n' && !(cursor.Peek(ahead) == '\r' && cursor.Peek(ahead + 1) == '\n'))
        {
            return false;
        }

        cursor.Advance(ahead);
        do
        {
            cursor.SkipBlanks();
        }
        while (cursor.TryTakeNewline());

        return true;
    }

    private static void AppendPlain(TomlCursor cursor, StringBuilder value)
    {
        cursor.RejectControlCharacter("a string");
        value.Append(cursor.Peek());
        cursor.Advance();
    }

    private static void ReadEscape(TomlCursor cursor, StringBuilder value)
    {
        var letter = cursor.Peek(1);
        if (letter is 'u' or 'U')
        {
            ReadUnicodeEscape(cursor, letter == 'u' ? 4 : 8, value);
            return;
        }

        value.Append(letter switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => throw cursor.Error("unknown escape: expected \\b, \\t, \\n, \\f, \\r, \\\", \\\\, \\uXXXX or \\UXXXXXXXX "
                + "(write a backslash as \\\\, or the string between single quotes)"),
        });
        cursor.Advance(2);
    }

    private static void ReadUnicodeEscape(TomlCursor cursor, int digits, StringBuilder value)
    {
        var start = cursor.Position;
        cursor.Advance(2);

        uint scalar = 0;
        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(cursor.Peek()))
            {
                throw cursor.Error($"expected {digits} hexadecimal digits in this escape, found {cursor.Found()}");
            }

            scalar = (scalar << 4) | uint.Parse([cursor.Peek()], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            cursor.Advance();
        }

        if (!Rune.IsValid(scalar))
        {
            throw TomlCursor.ErrorAt(start, "this escape is no Unicode scalar value (U+0000 to U+D7FF, U+E000 to U+10FFFF)");
        }

        value.Append(new Rune(scalar).ToString());
    }
}
