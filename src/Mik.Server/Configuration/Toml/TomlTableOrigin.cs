namespace Mik.Server.Configuration.Toml;

/// <summary>How a table came to be, which decides what may still be added to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named on the way by the header of a table below it; a header of its own may still follow, once.</summary>
    Implicit,

    /// <summary>The document, or a table with a header of its own: no second header, no dotted key from outside.</summary>
    Header,

    /// <summary>Named by a dotted key: only dotted keys of the same section may extend it, and headers below it.</summary>
    Dotted,

    /// <summary>Written in braces: complete.</summary>
    Inline,
}
