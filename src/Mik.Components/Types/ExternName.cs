namespace Mik.Components.Types;

internal enum ExternNameKind : byte
{
    Plain,
    Constructor,
    Method,
    Static,
    Interface,
}

/// <summary>The name of an import or export, taken apart.</summary>
/// <param name="Kind">Which of the name grammar's forms it has.</param>
/// <param name="Resource">For a constructor, method or static function, the resource's label.</param>
/// <param name="UniqueKey">Two names may stand side by side only if these differ.</param>
internal readonly record struct ExternName(ExternNameKind Kind, string Resource, string UniqueKey)
{
    /// <summary>Takes a name apart; <see langword="null"/> when it does not follow the grammar.</summary>
    public static ExternName? Parse(string name)
    {
        if (name.StartsWith('['))
        {
            return ParseAnnotated(name);
        }

        if (name.Contains(':', StringComparison.Ordinal))
        {
            return IsInterfaceName(name) ? new ExternName(ExternNameKind.Interface, "", Lower(name)) : null;
        }

        return IsLabel(name) ? new ExternName(ExternNameKind.Plain, "", Lower(name)) : null;
    }

    /// <summary>What a name that is none should look like.</summary>
    public static string Rule(string name) => name switch
    {
        ['[', ..] => "annotated names are `[constructor]resource`, `[method]resource.name` or `[static]resource.name`, in kebab case",
        _ when name.Contains(':', StringComparison.Ordinal) =>
            "interfaces are `namespace:package/interface`, in kebab case, with a semantic version behind `@` if any",
        _ => "it is not in kebab case",
    };

    /// <summary>Kebab case: words in lower case and acronyms in upper case, the first starting with a letter.</summary>
    public static bool IsLabel(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (var range in text.Split('-'))
        {
            var fragment = text[range];
            if (fragment.IsEmpty
                || (fragment.ContainsAnyExcept(LowerAlphanumeric) && fragment.ContainsAnyExcept(UpperAlphanumeric)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What labels are compared by: case only separates acronyms from words.</summary>
    public static string Lower(string label) => label.ToLowerInvariant();

    private static readonly System.Buffers.SearchValues<char> LowerAlphanumeric =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    private static readonly System.Buffers.SearchValues<char> UpperAlphanumeric =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static ExternName? ParseAnnotated(string name)
    {
        var end = name.IndexOf(']', StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var rest = name[(end + 1)..];
        switch (name[1..end])
        {
            case "constructor":
                return IsLabel(rest) ? new ExternName(ExternNameKind.Constructor, rest, Lower(name)) : null;
            case "method":
                return ParseMember(ExternNameKind.Method, rest);
            case "static":
                return ParseMember(ExternNameKind.Static, rest);
            default:
                return null;
        }
    }

    private static ExternName? ParseMember(ExternNameKind kind, string rest)
    {
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !IsLabel(rest.AsSpan(0, dot)) || !IsLabel(rest.AsSpan(dot + 1)))
        {
            return null;
        }

        var key = Lower(rest);
        var resource = key[..dot];
        return new ExternName(kind, rest[..dot], resource == key[(dot + 1)..] ? resource : key);
    }

    private static bool IsInterfaceName(string name)
    {
        var text = name.AsSpan();
        var at = text.IndexOf('@');
        if (at >= 0)
        {
            if (InterfaceVersion.Parse(text[(at + 1)..]) is null)
            {
                return false;
            }

            text = text[..at];
        }

        var colon = text.IndexOf(':');
        var slash = text.IndexOf('/');
        return colon >= 0
            && slash > colon
            && IsWords(text[..colon])
            && IsWords(text[(colon + 1)..slash])
            && IsLabel(text[(slash + 1)..]);
    }

    private static bool IsWords(ReadOnlySpan<char> text) => IsLabel(text) && !text.ContainsAnyInRange('A', 'Z');
}
