namespace Mik.Wasi.Http.Outgoing;

/// <summary>A request a guest sends. Immutable, except that its body is still being written.</summary>
public sealed record OutgoingHttpRequest
{
    /// <summary>The method, in its own case.</summary>
    public required string Method { get; init; }

    /// <summary>http or https; the path is exactly what the guest wrote.</summary>
    public required Uri Uri { get; init; }

    /// <summary>What the guest set; nothing that concerns the connection.</summary>
    public IReadOnlyList<HttpField> Headers { get; init; } = [];

    /// <summary>The body; <see langword="null"/> when there is none.</summary>
    public GuestBody? Body { get; init; }

    /// <summary>How long connecting may take.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>How long the response's headers may take once there is a connection.</summary>
    public TimeSpan? FirstByteTimeout { get; init; }
}
