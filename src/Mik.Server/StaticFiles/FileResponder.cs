using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.StaticFiles;

/// <summary>Answers requests below <c>/static/</c>. Thread-safe.</summary>
/// <param name="directory">Absolute path of the directory; <see langword="null"/> when no files are served.</param>
/// <param name="cacheFor">How long clients may use a file without asking again; zero lets them ask every time.</param>
internal sealed class FileResponder(string? directory, TimeSpan cacheFor)
{
    private const string BinaryType = "application/octet-stream";

    private readonly StaticDirectory? _directory = directory is null ? null : new StaticDirectory(directory);
    private readonly FileExtensionContentTypeProvider _types = new();
    private readonly string _cacheControl = cacheFor > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)cacheFor.TotalSeconds}")
        : "no-cache";

    /// <summary>The answer: a file or a part of it, a redirection, or a fault.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="rest">Its path below <c>/static/</c>, as it was sent.</param>
    public Outcome Answer(Exchange exchange, string rest)
    {
        if (_directory is null)
        {
            return Failed(FaultKind.RouteUnknown, "No static files are served: mik.toml names no directory for them.");
        }

        if (!StaticPath.TryParse(rest, out var path, out var problem))
        {
            return Failed(FaultKind.FilePathInvalid, $"A part of the path {problem}.");
        }

        var found = _directory.Find(path, exchange.Http.Request.Headers.AcceptEncoding);
        if (found.IsDirectory)
        {
            // Relative addresses in a page are resolved against its own, which has to end where the directory does.
            var location = $"{exchange.Address.Path}/{exchange.Address.Query}";
            return new CompleteOutcome(StatusCodes.Status308PermanentRedirect, [new("location", location), new("cache-control", "no-cache")], default);
        }

        return found.File is { } file ? Answer(exchange, found, file) : new FailedOutcome(found.Fault!);
    }

    private Outcome Answer(Exchange exchange, StaticLookup found, StaticFile file)
    {
        var conditions = FileConditions.Of(exchange.Http.Request, file);
        if (conditions.Answer is FileAnswer.PreconditionFailed or FileAnswer.RangeNotSatisfiable)
        {
            file.Dispose();
            return conditions.Answer == FileAnswer.PreconditionFailed
                ? Failed(FaultKind.PreconditionFailed, "The file is not the one that the request's conditions speak of.")
                : new FailedOutcome(new Fault(FaultKind.RangeNotSatisfiable, $"The file has {file.Length} bytes.")
                {
                    Headers = [new("content-range", string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}"))],
                });
        }

        var headers = new List<HttpField>(9)
        {
            new("cache-control", _cacheControl),
            new("etag", file.Tag.ToString()),
            new("last-modified", file.LastModified.ToString("R", CultureInfo.InvariantCulture)),
            new("accept-ranges", "bytes"),
            new("x-content-type-options", "nosniff"),
        };
        if (found.HasVariants)
        {
            headers.Add(new("vary", "Accept-Encoding"));
        }

        if (conditions.Answer == FileAnswer.NotModified)
        {
            file.Dispose();
            return new CompleteOutcome(StatusCodes.Status304NotModified, headers, default);
        }

        headers.Add(new("content-type", TypeOf(found.Path!)));
        if (file.Encoding is { } encoding)
        {
            headers.Add(new("content-encoding", encoding));
        }

        var status = StatusCodes.Status200OK;
        if (conditions.Answer == FileAnswer.Part)
        {
            status = StatusCodes.Status206PartialContent;
            var last = conditions.Offset + conditions.Length - 1;
            headers.Add(new("content-range", string.Create(CultureInfo.InvariantCulture, $"bytes {conditions.Offset}-{last}/{file.Length}")));
        }

        return new FileOutcome(status, headers, file, conditions.Offset, conditions.Length);
    }

    /// <summary>Text is UTF-8, which a client would not assume of all of it.</summary>
    private string TypeOf(string path)
    {
        if (!_types.TryGetContentType(path, out var type))
        {
            return BinaryType;
        }

        var isText = type.StartsWith("text/", StringComparison.Ordinal)
            || type is "application/javascript" or "application/json" or "application/xml" or "application/manifest+json";
        return isText ? $"{type}; charset=utf-8" : type;
    }

    private static FailedOutcome Failed(FaultKind kind, string detail) => new(new Fault(kind, detail));
}
