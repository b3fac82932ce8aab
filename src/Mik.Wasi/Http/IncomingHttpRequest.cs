namespace Mik.Wasi.Http;

/// <summary>A request as the server hands it to a handler.</summary>
public sealed record IncomingHttpRequest
{
    /// <summary>The method, in its own case.</summary>
    public required string Method { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Host and port the client asked for.</summary>
    public string? Authority { get; init; }

    /// <summary>Path and query, escaped as they came.</summary>
    public required string PathWithQuery { get; init; }

    /// <summary>Everything received; what concerns the connection is withheld from the guest.</summary>
    public IReadOnlyList<HttpField> Headers { get; init; } = [];

    /// <summary>The body, read when and as the guest reads it; <see langword="null"/> when there is none. Not disposed.</summary>
    public Stream? Body { get; init; }

    /// <summary>The trailers, asked for after the body's end.</summary>
    public Func<IReadOnlyList<HttpField>>? Trailers { get; init; }
}
