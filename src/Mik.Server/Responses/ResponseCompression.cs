using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Mik.Server.Responses;

/// <summary>
/// Compresses answers on their way out, with the framework's parts: they choose by the client's preferences, announce it in <c>Vary</c>, leave
/// alone what is encoded already or a part of something, and pass on at once what is flushed. Added here: what is too small to gain, and
/// what HTTP says of validators and of <c>no-transform</c>. Thread-safe.
/// </summary>
internal sealed class ResponseCompression() : ResponseCompressionProvider(Services, Settings)
{
    /// <summary>Below this an answer fits in one packet anyway.</summary>
    private const int LeastBytes = 1024;

    private static readonly IServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    // The fastest level: an answer waits for it, and the next one does better by a tenth or so for several times the work.
    private static readonly IOptions<ResponseCompressionOptions> Settings = Options.Create(new ResponseCompressionOptions
    {
        EnableForHttps = true,
        MimeTypes =
        [
            .. ResponseCompressionDefaults.MimeTypes,
            "application/atom+xml",
            "application/ld+json",
            "application/manifest+json",
            "application/problem+json",
            "application/rss+xml",
            "application/x-ndjson",
            "application/xhtml+xml",
            "image/svg+xml",
            "text/*",
        ],
        Providers =
        {
            new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })),
            new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })),
        },
    });

    /// <summary>Lets a response be written, through a compressor where that is due.</summary>
    public async Task<TResult> WriteAsync<TResult>(HttpContext http, Func<Task<TResult>> write)
    {
        if (!CheckRequestAcceptsCompression(http))
        {
            return await write();
        }

        TResult result = default!;
        await new ResponseCompressionMiddleware(async _ => result = await write(), this).Invoke(http);
        return result;
    }

    /// <inheritdoc/>
    public override bool ShouldCompressResponse(HttpContext context)
    {
        var headers = context.Response.Headers;

        // Chunks that are framed already (BodyWriter) have nowhere to hold a compressor's bytes.
        return headers.TransferEncoding.Count == 0
            && context.Response.ContentLength is not < LeastBytes
            && !IsUntouchable(headers.CacheControl.ToString())
            && base.ShouldCompressResponse(context);
    }

    /// <inheritdoc/>
    public override ICompressionProvider? GetCompressionProvider(HttpContext context)
    {
        var chosen = base.GetCompressionProvider(context);

        // rfc: 9110#8.8.1. Two encodings of the same are not the same, byte for byte.
        if (chosen is not null && EntityTagHeaderValue.TryParse(context.Response.Headers.ETag.ToString(), out var tag) && !tag.IsWeak)
        {
            context.Response.Headers.ETag = $"W/{tag.Tag}";
        }

        return chosen;
    }

    private static bool IsUntouchable(string cacheControl) => cacheControl.Contains("no-transform", StringComparison.OrdinalIgnoreCase);
}
