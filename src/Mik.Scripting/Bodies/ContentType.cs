using System.Text;

namespace Mik.Scripting.Bodies;

/// <summary>What a <c>content-type</c> says about a body, as far as scripts care.</summary>
internal readonly record struct ContentType(string MediaType, string? Charset)
{
    private static readonly string[] TextTypes = ["application/xml", "application/javascript", "application/x-yaml", "application/yaml"];

    public bool IsMissing => MediaType.Length == 0;

    public bool IsJson => MediaType is "application/json" or "text/json" || MediaType.EndsWith("+json", StringComparison.Ordinal);

    public bool IsForm => MediaType is "application/x-www-form-urlencoded";

    public bool IsOctetStream => MediaType is "application/octet-stream";

    public bool IsText =>
        MediaType.StartsWith("text/", StringComparison.Ordinal)
        || MediaType.EndsWith("+xml", StringComparison.Ordinal)
        || TextTypes.Contains(MediaType);

    /// <summary>The encoding of a text; UTF-8 unless the charset names another one that .NET knows.</summary>
    public Encoding Encoding
    {
        get
        {
            try
            {
                return Charset is null ? Encoding.UTF8 : Encoding.GetEncoding(Charset);
            }
            catch (ArgumentException)
            {
                return Encoding.UTF8;
            }
        }
    }

    public static ContentType Of(IReadOnlyList<ScriptHeader> headers)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
            {
                return Parse(headers[i].Value);
            }
        }

        return new ContentType("", null);
    }

    private static ContentType Parse(string value)
    {
        if (!value.Contains(';', StringComparison.Ordinal))
        {
            return new ContentType(value.Trim().ToLowerInvariant(), null);
        }

        var parts = value.Split(';');
        string? charset = null;
        foreach (var parameter in parts.Skip(1))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && parameter[..equals].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase))
            {
                charset = parameter[(equals + 1)..].Trim().Trim('"');
            }
        }

        return new ContentType(parts[0].Trim().ToLowerInvariant(), charset);
    }
}
