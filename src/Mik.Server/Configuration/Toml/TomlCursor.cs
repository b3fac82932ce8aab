using System.Globalization;

namespace Mik.Server.Configuration.Toml;

/// <summary>A place in the text of a TOML file that only moves forward, and what every part of the grammar asks of it.</summary>
internal sealed class TomlCursor(string text)
{
    /// <summary>What <see cref="Peek"/> answers behind the end. A NUL in the text looks the same and is an error everywhere.</summary>
    public const char End = '\0';

    private int _offset;
    private int _line = 1;
    private int _lineStart;

    public TomlPosition Position => new(_line, _offset - _lineStart + 1);

    public bool AtEnd => _offset >= text.Length;

    public char Peek(int ahead = 0) => _offset + ahead < text.Length ? text[_offset + ahead] : End;

    /// <summary>Moves over characters of the current line.</summary>
    public void Advance(int count = 1) => _offset += count;

    public bool TryTake(char expected)
    {
        if (AtEnd || text[_offset] != expected)
        {
            return false;
        }

        _offset++;
        return true;
    }

    public bool LooksAt(string expected) => string.CompareOrdinal(text, _offset, expected, 0, expected.Length) == 0;

    /// <summary>Takes a line feed, alone or after a carriage return.</summary>
    public bool TryTakeNewline()
    {
        var length = Peek() switch
        {
            '\n' => 1,
            '\r' when Peek(1) == '\n' => 2,
            _ => 0,
        };

        if (length == 0)
        {
            return false;
        }

        _offset += length;
        _line++;
        _lineStart = _offset;
        return true;
    }

    public bool AtNewline => Peek() == '\n' || (Peek() == '\r' && Peek(1) == '\n');

    /// <summary>Skips spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
        {
            _offset++;
        }
    }

    /// <summary>Skips spaces, tabs, newlines and comments: what may stand between the items of an array.</summary>
    public void SkipBlanksAndLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (TryTakeNewline());
    }

    /// <summary>Skips a comment up to the end of its line.</summary>
    public void SkipComment()
    {
        if (!TryTake('#'))
        {
            return;
        }

        while (!AtEnd && !AtNewline)
        {
            RejectControlCharacter("a comment");
            _offset++;
        }
    }

    /// <summary>After a header or a key and its value, the line must be over.</summary>
    public void ExpectEndOfLine(string after)
    {
        SkipBlanks();
        SkipComment();
        if (!AtEnd && !TryTakeNewline())
        {
            throw Error($"expected the end of the line after {after}, found {Found()}");
        }
    }

    /// <summary>The longest run of characters that satisfy a condition.</summary>
    public string TakeWhile(Predicate<char> condition)
    {
        var start = _offset;
        while (_offset < text.Length && condition(text[_offset]))
        {
            _offset++;
        }

        return text[start.._offset];
    }

    /// <summary>Fails at a control character other than tab, which is not allowed in strings and comments.</summary>
    public void RejectControlCharacter(string where)
    {
        if (Peek() is (< ' ' and not '\t') or '\x7f')
        {
            var hint = Peek() == '\r' ? " (a carriage return must be followed by a line feed)" : "";
            throw Error($"control character {Found()} is not allowed in {where}{hint}");
        }
    }

    /// <summary>What stands here, for an error message.</summary>
    public string Found() => (AtEnd, Peek()) switch
    {
        (true, _) => "the end of the file",
        (_, '\n') => "the end of the line",
        (_, '\r') when Peek(1) == '\n' => "the end of the line",
        (_, var c) when char.IsSurrogate(c) => $"'{text.AsSpan(_offset, 2)}'",
        (_, var c) when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"),
        (_, var c) => $"'{c}'",
    };

    public TomlSyntaxException Error(string message) => ErrorAt(Position, message);

    public static TomlSyntaxException ErrorAt(TomlPosition position, string message) => new(new TomlError(position, message));
}
