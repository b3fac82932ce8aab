using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Mik.Server.StaticFiles;

/// <summary>Which of the encodings that files may be compressed with beforehand a client takes, the one it likes best first.</summary>
internal static class AcceptedEncodings
{
    /// <summary>Extension and name of each, the one that compresses best first: that is the order among equals.</summary>
    public static IReadOnlyList<(string Name, string Extension)> Known { get; } = [("br", ".br"), ("gzip", ".gz")];

    /// <summary>The known encodings that are accepted at least as gladly as none at all. rfc: 9110#12.5.3</summary>
    public static IReadOnlyList<(string Name, string Extension)> In(StringValues acceptEncoding)
    {
        if (acceptEncoding.Count == 0 || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted))
        {
            return [];
        }

        var identity = QualityOf("identity", accepted) ?? 0;
        return
        [
            .. Known.Select(encoding => (Encoding: encoding, Quality: QualityOf(encoding.Name, accepted) ?? QualityOf("*", accepted) ?? 0))
                .Where(each => each.Quality > 0 && each.Quality >= identity)
                .OrderByDescending(static each => each.Quality)
                .Select(static each => each.Encoding),
        ];
    }

    private static double? QualityOf(string name, IList<StringWithQualityHeaderValue> accepted)
    {
        foreach (var each in accepted)
        {
            if (each.Value.Equals(name, StringComparison.OrdinalIgnoreCase) || (name == "gzip" && each.Value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)))
            {
                return each.Quality ?? 1;
            }
        }

        return null;
    }
}
