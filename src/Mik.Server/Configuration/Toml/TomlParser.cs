using System.Buffers;
using System.Text.Unicode;

namespace Mik.Server.Configuration.Toml;

/// <summary>
/// Reads TOML 1.0. A name defined twice is noted and reading goes on; a syntax error ends it. This part reads lines: keys and
/// headers, and decides which tables they may extend; the other part reads values.
/// </summary>
/// <remarks>Single-threaded; one parser reads one file.</remarks>
internal sealed partial class TomlParser
{
    private readonly TomlCursor _cursor;
    private readonly List<TomlError> _errors = [];

    private TomlParser(string text) => _cursor = new TomlCursor(text);

    /// <summary>Reads the bytes of a file.</summary>
    public static TomlDocument Parse(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        file = file.StartsWith(byteOrderMark) ? file[byteOrderMark.Length..] : file;

        var characters = new char[file.Length];
        var status = Utf8.ToUtf16(file, characters, out _, out var written, replaceInvalidSequences: false);
        var text = new string(characters, 0, written);
        if (status == OperationStatus.Done)
        {
            return new TomlParser(text).ParseDocument();
        }

        var lines = text.Count(static c => c == '\n');
        var position = new TomlPosition(lines + 1, text.Length - text.LastIndexOf('\n'));
        return new TomlDocument(
            new TomlTable(new TomlPosition(1, 1), TomlTableOrigin.Header),
            [new TomlError(position, "this byte is not valid UTF-8; a TOML file must be saved as UTF-8")]);
    }

    private TomlDocument ParseDocument()
    {
        var root = new TomlTable(_cursor.Position, TomlTableOrigin.Header);
        var current = root;
        try
        {
            while (true)
            {
                _cursor.SkipBlanksAndLines();
                if (_cursor.AtEnd)
                {
                    break;
                }

                if (_cursor.Peek() == '[')
                {
                    current = ParseHeader(root);
                    _cursor.ExpectEndOfLine("the header of a table");
                }
                else
                {
                    ParseKeyValue(current);
                    _cursor.ExpectEndOfLine("the value");
                }
            }
        }
        catch (TomlSyntaxException e)
        {
            _errors.Add(e.Error);
        }

        return new TomlDocument(root, _errors);
    }

    /// <summary>Reads <c>[a.b]</c> or <c>[[a.b]]</c>; the table that the following keys belong to.</summary>
    private TomlTable ParseHeader(TomlTable root)
    {
        var start = _cursor.Position;
        var closing = _cursor.LooksAt("[[") ? "]]" : "]";
        _cursor.Advance(closing.Length);

        var key = ParseKey();
        if (!_cursor.LooksAt(closing))
        {
            throw _cursor.Error($"expected '{closing}' to close the header, found {_cursor.Found()}");
        }

        _cursor.Advance(closing.Length);

        var fresh = new TomlTable(start, TomlTableOrigin.Header);
        var parent = FindParent(root, key);
        if (parent is null)
        {
            return fresh;
        }

        return closing == "]" ? DefineTable(parent, key[^1], fresh) : AppendTable(parent, key[^1], fresh);
    }

    /// <summary>Walks to the table that holds the last name of a header, creating what is missing; null after noting an error.</summary>
    private TomlTable? FindParent(TomlTable root, List<TomlKeyPart> key)
    {
        var table = root;
        foreach (var part in key[..^1])
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                var created = new TomlTable(part.Position, TomlTableOrigin.Implicit);
                table.Add(part, created);
                table = created;
                continue;
            }

            switch (entry.Value)
            {
                case TomlTable { Origin: not TomlTableOrigin.Inline } next:
                    table = next;
                    break;
                case TomlArray { IsOfTables: true } array:
                    table = (TomlTable)array.Items[^1];
                    break;
                default:
                    NoteClosed(part, entry);
                    return null;
            }
        }

        return table;
    }

    private TomlTable DefineTable(TomlTable parent, TomlKeyPart name, TomlTable fresh)
    {
        if (!parent.TryGet(name.Name, out var entry))
        {
            parent.Add(name, fresh);
            return fresh;
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            return table;
        }

        NoteDuplicate(name, entry);
        return fresh;
    }

    private TomlTable AppendTable(TomlTable parent, TomlKeyPart name, TomlTable fresh)
    {
        if (!parent.TryGet(name.Name, out var entry))
        {
            var created = new TomlArray(fresh.Position, isOfTables: true);
            created.Items.Add(fresh);
            parent.Add(name, created);
        }
        else if (entry.Value is TomlArray { IsOfTables: true } array)
        {
            array.Items.Add(fresh);
        }
        else
        {
            NoteDuplicate(name, entry);
        }

        return fresh;
    }

    /// <summary>Reads <c>a.b = value</c> into a table.</summary>
    private void ParseKeyValue(TomlTable table)
    {
        var key = ParseKey();
        if (!_cursor.TryTake('='))
        {
            throw _cursor.Error($"expected '=' after the key, found {_cursor.Found()}");
        }

        _cursor.SkipBlanks();
        var value = ParseValue();
        foreach (var part in key[..^1])
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                var created = new TomlTable(part.Position, TomlTableOrigin.Dotted);
                table.Add(part, created);
                table = created;
            }
            else if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted } next)
            {
                table = next;
            }
            else
            {
                NoteClosed(part, entry);
                return;
            }
        }

        if (table.TryGet(key[^1].Name, out var existing))
        {
            NoteDuplicate(key[^1], existing);
            return;
        }

        table.Add(key[^1], value);
    }

    /// <summary>Reads a bare, quoted or dotted key and the blanks around it.</summary>
    private List<TomlKeyPart> ParseKey()
    {
        var parts = new List<TomlKeyPart>();
        do
        {
            _cursor.SkipBlanks();
            var position = _cursor.Position;
            if (parts.Count == MaxDepth)
            {
                throw _cursor.Error($"a key may have at most {MaxDepth} parts");
            }

            parts.Add(new TomlKeyPart(ParseKeyPart(), position));
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake('.'));

        return parts;
    }

    private string ParseKeyPart()
    {
        if (_cursor.Peek() is '"' or '\'')
        {
            if (_cursor.LooksAt("\"\"\"") || _cursor.LooksAt("'''"))
            {
                throw _cursor.Error("a key cannot be a multi-line string");
            }

            return TomlStrings.ReadSingleLine(_cursor);
        }

        var name = _cursor.TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return name.Length > 0
            ? name
            : throw _cursor.Error($"expected a key (letters, digits, '_', '-', or a quoted string), found {_cursor.Found()}");
    }

    private void NoteDuplicate(TomlKeyPart name, TomlEntry existing) => _errors.Add(new TomlError(
        name.Position, $"'{name.Name}' is already defined at line {existing.Key.Position.Line}"));

    private void NoteClosed(TomlKeyPart name, TomlEntry existing) => _errors.Add(new TomlError(
        name.Position, $"'{name.Name}' is {existing.Value.Description} defined at line {existing.Key.Position.Line}, which cannot be extended here"));
}
