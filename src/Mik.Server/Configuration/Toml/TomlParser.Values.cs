namespace Mik.Server.Configuration.Toml;

internal sealed partial class TomlParser
{
    /// <summary>
    /// Arrays and inline tables inside each other, and parts of a key. Deeper than any file a person writes; it keeps a
    /// generated one from exhausting the stack.
    /// </summary>
    private const int MaxDepth = 100;

    private int _depth;

    private TomlValue ParseValue()
    {
        var position = _cursor.Position;
        switch (_cursor.Peek())
        {
            case '"' or '\'':
                return new TomlScalar(TomlStrings.Read(_cursor), position);
            case '[':
                return ParseNested(position, static p => p.ParseArray());
            case '{':
                return ParseNested(position, static p => p.ParseInlineTable());
            default:
                return new TomlScalar(ParseWord(position), position);
        }
    }

    private TomlValue ParseNested(TomlPosition position, Func<TomlParser, TomlValue> parse)
    {
        if (++_depth > MaxDepth)
        {
            throw TomlCursor.ErrorAt(position, $"values may be nested at most {MaxDepth} deep");
        }

        var value = parse(this);
        _depth--;
        return value;
    }

    private TomlArray ParseArray()
    {
        var array = new TomlArray(_cursor.Position, isOfTables: false);
        _cursor.Advance();
        _cursor.SkipBlanksAndLines();
        while (!_cursor.TryTake(']'))
        {
            array.Items.Add(ParseValue());
            _cursor.SkipBlanksAndLines();
            if (!_cursor.TryTake(',') && _cursor.Peek() != ']')
            {
                throw _cursor.Error($"expected ',' or ']' after an item of the array, found {_cursor.Found()}");
            }

            _cursor.SkipBlanksAndLines();
        }

        return array;
    }

    private TomlTable ParseInlineTable()
    {
        // Dotted keys inside the braces may extend each other's tables; the closed table itself cannot be extended.
        var table = new TomlTable(_cursor.Position, TomlTableOrigin.Inline);
        _cursor.Advance();
        _cursor.SkipBlanks();
        if (_cursor.TryTake('}'))
        {
            return table;
        }

        do
        {
            ParseKeyValue(table);
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake(','));

        return _cursor.TryTake('}')
            ? table
            : throw _cursor.Error($"expected ',' or '}}' on the same line of the inline table, found {_cursor.Found()}");
    }

    /// <summary>Reads what has no delimiters: booleans, numbers, dates and times.</summary>
    private object ParseWord(TomlPosition position)
    {
        var word = TakeWord();
        if (TomlDateTimes.IsDate(word) && _cursor.Peek() == ' ' && char.IsAsciiDigit(_cursor.Peek(1)))
        {
            _cursor.Advance();
            word += " " + TakeWord();
        }

        if (word.Length == 0)
        {
            throw _cursor.Error($"expected a value (a quoted string, number, true, false, date, array or inline table), found {_cursor.Found()}");
        }

        if (word is "true" or "false")
        {
            return word == "true";
        }

        if (TomlDateTimes.LooksLikeOne(word))
        {
            return TomlDateTimes.TryParse(word, out var time)
                ? time
                : throw TomlCursor.ErrorAt(position, $"'{word}' is no date or time: expected 2026-01-31, 23:59:59, or both joined by 'T' with an optional offset such as Z or +01:00");
        }

        try
        {
            return TomlNumbers.TryParse(word, out var number)
                ? number
                : throw TomlCursor.ErrorAt(position, $"'{word}' is no value: strings need quotes, numbers are written 42, -1, 0x2a, 1_000 or 1.5e3, booleans true or false");
        }
        catch (OverflowException)
        {
            throw TomlCursor.ErrorAt(position, $"'{word}' does not fit in a 64-bit integer");
        }
    }

    private string TakeWord() =>
        _cursor.TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.' or ':');
}
