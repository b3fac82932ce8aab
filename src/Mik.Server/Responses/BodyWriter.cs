using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Responses;

/// <summary>
/// Sends a body piece by piece, and the trailers after it where the protocol has a place for them: over HTTP/2 always, over HTTP/1.1 when
/// the client says that it wants them and the body goes in chunks. The web server does not send trailers over HTTP/1.1, so that the chunks
/// are framed here then.
/// </summary>
internal sealed class BodyWriter
{
    private readonly HttpResponse _response;
    private readonly bool _framesChunks;

    /// <param name="exchange">The exchange, whose response has not started.</param>
    /// <param name="mayHaveTrailers">Whether the body may turn out to have trailers, and has no declared length.</param>
    public BodyWriter(Exchange exchange, bool mayHaveTrailers)
    {
        _response = exchange.Http.Response;
        if (!mayHaveTrailers)
        {
            return;
        }

        if (_response.SupportsTrailers())
        {
            SendsTrailers = true;
        }
        else if (HttpProtocol.IsHttp11(exchange.Http.Request.Protocol) && WantsTrailers(exchange.Http.Request))
        {
            SendsTrailers = _framesChunks = true;
            _response.Headers.TransferEncoding = "chunked";
        }
    }

    /// <summary>Whether trailers will reach the client. The response must not have a length then.</summary>
    public bool SendsTrailers { get; }

    /// <summary>Sends bytes, and waits while the client is slower.</summary>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var writer = _response.BodyWriter;
        if (!_framesChunks)
        {
            return writer.WriteAsync(bytes, cancellation);
        }

        // rfc: 9112#7.1
        Append(bytes.Length.ToString("x", CultureInfo.InvariantCulture));
        Append("\r\n");
        writer.Write(bytes.Span);
        Append("\r\n");
        return writer.FlushAsync(cancellation);
    }

    /// <summary>Sends what follows the body. Fields that must not be trailers are left out.</summary>
    public async ValueTask EndAsync(IReadOnlyList<HttpField> trailers, CancellationToken cancellation)
    {
        if (!SendsTrailers)
        {
            return;
        }

        if (_framesChunks)
        {
            Append("0\r\n");
        }

        foreach (var (name, text) in trailers)
        {
            var value = HeaderRules.ToWire(text);
            if (!HeaderRules.IsTrailer(name) || !HeaderRules.IsValue(value))
            {
                continue;
            }

            if (_framesChunks)
            {
                Append($"{name}: {value}\r\n");
            }
            else
            {
                _response.AppendTrailer(name, value);
            }
        }

        if (_framesChunks)
        {
            Append("\r\n");
            await _response.BodyWriter.FlushAsync(cancellation);
        }
    }

    private void Append(string text) => Encoding.Latin1.GetBytes(text, _response.BodyWriter);

    // rfc: 9110#10.1.4
    private static bool WantsTrailers(HttpRequest request)
    {
        foreach (var line in request.Headers.TE)
        {
            foreach (var coding in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (coding.Equals("trailers", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
