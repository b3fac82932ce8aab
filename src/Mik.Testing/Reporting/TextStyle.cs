namespace Mik.Testing.Reporting;

/// <summary>How text looks to people: with colours on a terminal, plain elsewhere.</summary>
/// <param name="isColored">Whether to use colours.</param>
public sealed class TextStyle(bool isColored)
{
    /// <summary>Something good.</summary>
    public string Good(string text) => Wrap("32", text);

    /// <summary>Something bad.</summary>
    public string Bad(string text) => Wrap("31", text);

    /// <summary>Something to be aware of.</summary>
    public string Notable(string text) => Wrap("33", text);

    /// <summary>Something that can be overlooked.</summary>
    public string Faint(string text) => Wrap("2", text);

    /// <summary>Something that is looked for.</summary>
    public string Strong(string text) => Wrap("1", text);

    private string Wrap(string code, string text) => isColored ? $"\e[{code}m{text}\e[0m" : text;
}
