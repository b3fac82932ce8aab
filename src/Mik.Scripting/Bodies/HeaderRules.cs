using System.Buffers;

namespace Mik.Scripting.Bodies;

/// <summary>Which headers a script may send.</summary>
// spec: https://www.rfc-editor.org/rfc/rfc9110#section-5
internal static class HeaderRules
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> ForbiddenInValues = SearchValues.Create("\0\r\n");

    // These belong to the connection the message came by, or follow from the body; a script that passes a handler's headers on
    // means none of them.
    private static readonly HashSet<string> NotTheScripts = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    };

    /// <summary>Takes the headers a script named, with the content type its body implies unless it named one.</summary>
    /// <returns>What is wrong with them, or <see langword="null"/>.</returns>
    public static string? TryTake(IEnumerable<ScriptHeader> named, string impliedContentType, out List<ScriptHeader> headers)
    {
        headers = [];
        var hasContentType = impliedContentType.Length == 0;
        foreach (var header in named)
        {
            if (!IsToken(header.Name))
            {
                return $"'{header.Name}' is not a header name";
            }

            if (header.Value.AsSpan().ContainsAny(ForbiddenInValues))
            {
                return $"the value of the header '{header.Name}' has a line break or a zero character";
            }

            if (!NotTheScripts.Contains(header.Name))
            {
                hasContentType |= header.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase);
                headers.Add(header);
            }
        }

        if (!hasContentType)
        {
            headers.Add(new ScriptHeader("content-type", impliedContentType));
        }

        return null;
    }

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
