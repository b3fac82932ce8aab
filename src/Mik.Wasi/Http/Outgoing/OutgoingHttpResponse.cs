namespace Mik.Wasi.Http.Outgoing;

/// <summary>The response to a guest's request.</summary>
public sealed class OutgoingHttpResponse : IDisposable
{
    /// <summary>The status.</summary>
    public required int Status { get; init; }

    /// <summary>Everything received; what concerns the connection is withheld from the guest.</summary>
    public IReadOnlyList<HttpField> Headers { get; init; } = [];

    /// <summary>The body, read when and as the guest reads it.</summary>
    public required Stream Body { get; init; }

    /// <summary>The trailers, asked for after the body's end.</summary>
    public Func<IReadOnlyList<HttpField>>? Trailers { get; init; }

    /// <summary>Names a failure to read the body.</summary>
    public Func<Exception, HttpErrorCode> Explain { get; init; } = OutgoingFailure.Explain;

    /// <summary>What to free with the response.</summary>
    public IDisposable? Owner { get; init; }

    /// <summary>Frees the connection: for another request if the body was read to its end, for good otherwise.</summary>
    public void Dispose()
    {
        Body.Dispose();
        Owner?.Dispose();
    }
}
