using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Mik.Server.StaticFiles;

/// <summary>What a request's conditions and range make of a file.</summary>
internal enum FileAnswer
{
    Whole,
    Part,
    NotModified,
    PreconditionFailed,
    RangeNotSatisfiable,
}

/// <summary>Evaluates conditional and range requests. rfc: 9110#13.2.2, 9110#14.2</summary>
/// <param name="Answer">What is to be sent.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How much of it there is.</param>
internal readonly record struct FileConditions(FileAnswer Answer, long Offset, long Length)
{
    /// <summary>Compares a request's headers with a file.</summary>
    public static FileConditions Of(HttpRequest request, StaticFile file)
    {
        var headers = request.GetTypedHeaders();
        var failed = headers.IfMatch is { Count: > 0 } match
            ? !Matches(match, file.Tag, useStrongComparison: true)
            : file.LastModified > headers.IfUnmodifiedSince;
        if (failed)
        {
            return new FileConditions(FileAnswer.PreconditionFailed, 0, 0);
        }

        var known = headers.IfNoneMatch is { Count: > 0 } noneMatch
            ? Matches(noneMatch, file.Tag, useStrongComparison: false)
            : file.LastModified <= headers.IfModifiedSince;
        if (known)
        {
            return new FileConditions(FileAnswer.NotModified, 0, 0);
        }

        return HttpMethods.IsGet(request.Method) && RangeOf(headers, file) is { } range
            ? Select(range, file.Length)
            : new FileConditions(FileAnswer.Whole, 0, file.Length);
    }

    private static bool Matches(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue tag, bool useStrongComparison)
    {
        foreach (var each in tags)
        {
            if (each == EntityTagHeaderValue.Any || each.Compare(tag, useStrongComparison))
            {
                return true;
            }
        }

        return false;
    }

    // Several ranges at once may be answered with the whole: nobody but document viewers of old asks for them.
    private static RangeItemHeaderValue? RangeOf(RequestHeaders headers, StaticFile file)
    {
        if (headers.Range is not { Ranges.Count: 1 } range || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var stillTheSame = headers.IfRange switch
        {
            null => true,
            { EntityTag: { } tag } => tag.Compare(file.Tag, useStrongComparison: true),
            { LastModified: { } modified } => modified == file.LastModified,
            _ => false,
        };
        return stillTheSame ? range.Ranges.Single() : null;
    }

    private static FileConditions Select(RangeItemHeaderValue range, long length)
    {
        var from = range.From ?? Math.Max(0, length - range.To!.Value);
        var to = range.From is null ? length - 1 : Math.Min(range.To ?? long.MaxValue, length - 1);
        return from <= to
            ? new FileConditions(FileAnswer.Part, from, to - from + 1)
            : new FileConditions(FileAnswer.RangeNotSatisfiable, 0, 0);
    }
}
