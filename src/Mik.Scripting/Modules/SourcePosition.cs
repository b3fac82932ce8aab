using System.Text;

namespace Mik.Scripting.Modules;

/// <summary>A place in a script's files; line and column count from 1.</summary>
internal readonly record struct SourcePosition(string File, int Line, int Column)
{
    public static SourcePosition At(string file, string source, int index)
    {
        var before = source.AsSpan(0, index);
        return new SourcePosition(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }

    /// <summary>The place whose column was counted in bytes of UTF-8, from 1. A place beyond the text is left as it is.</summary>
    public static SourcePosition AtByte(string file, string source, int line, int byteColumn)
    {
        var lines = source.AsSpan().EnumerateLines();
        for (var number = 1; lines.MoveNext(); number++)
        {
            if (number == line)
            {
                var bytes = Encoding.UTF8.GetBytes(lines.Current.ToString());
                return byteColumn > bytes.Length
                    ? new SourcePosition(file, line, byteColumn - bytes.Length + lines.Current.Length)
                    : new SourcePosition(file, line, Encoding.UTF8.GetCharCount(bytes, 0, byteColumn - 1) + 1);
            }
        }

        return new SourcePosition(file, line, byteColumn);
    }
}
