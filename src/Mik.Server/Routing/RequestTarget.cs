namespace Mik.Server.Routing;

/// <summary>The request target as it arrived, cut into path and query; nothing is decoded or normalised.</summary>
/// <param name="Path">Begins with a slash.</param>
/// <param name="Query">Begins with a question mark, or is empty.</param>
internal readonly record struct RequestTarget(string Path, string Query)
{
    /// <summary>Reads origin form and, as every server must, absolute form; other forms name nothing this server has.</summary>
    public static RequestTarget Parse(string raw)
    {
        var start = 0;
        if (!raw.StartsWith('/'))
        {
            var scheme = raw.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
            {
                return new RequestTarget(raw, "");
            }

            start = raw.AsSpan(scheme + 3).IndexOfAny('/', '?') is var end and >= 0 ? scheme + 3 + end : raw.Length;
        }

        var question = raw.IndexOf('?', start);
        var path = question < 0 ? raw[start..] : raw[start..question];
        return new RequestTarget(path.Length == 0 ? "/" : path, question < 0 ? "" : raw[question..]);
    }
}
