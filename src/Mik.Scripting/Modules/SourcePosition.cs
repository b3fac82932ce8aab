namespace Mik.Scripting.Modules;

/// <summary>A place in a script's files; line and column count from 1.</summary>
internal readonly record struct SourcePosition(string File, int Line, int Column)
{
    public static SourcePosition At(string file, string source, int index)
    {
        var before = source.AsSpan(0, index);
        return new SourcePosition(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
