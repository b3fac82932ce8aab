namespace Mik.Wasi.Http;

/// <summary>The host's side of a received body.</summary>
internal sealed class IncomingContent
{
    /// <summary>The bytes; <see langword="null"/> for none.</summary>
    public Stream? Source { get; init; }

    /// <summary>How long the guest wants to wait for each piece.</summary>
    public TimeSpan? ReadTimeout { get; init; }

    /// <summary>Names a failed read.</summary>
    public required Func<Exception, HttpErrorCode> Explain { get; init; }

    /// <summary>The trailers, once the bytes were read to their end.</summary>
    public Func<IReadOnlyList<HttpField>>? Trailers { get; init; }

    /// <summary>Frees the connection. Runs when the guest is done with the body, at the latest.</summary>
    public Action? OnRelease { get; init; }

    /// <summary>A read the guest did not wait for; the next reader has to.</summary>
    public Task? UnfinishedRead { get; set; }

    public void Release() => OnRelease?.Invoke();
}
