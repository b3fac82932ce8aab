namespace Mik.Server.Configuration;

/// <summary>The <c>[tracing]</c> section of <c>mik.toml</c>: where spans are sent. Without an address there are none.</summary>
public sealed record TracingConfig
{
    /// <summary>Whether spans are sent, if there is an address to send them to. For turning them off in one place.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Address of a collector that takes OTLP; null sends nothing.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>
    /// <c>grpc</c> or <c>http/protobuf</c>; null goes by the address: HTTP on its customary port, 4318, or where there is a path, and gRPC
    /// elsewhere.
    /// </summary>
    public string? OtlpProtocol { get; init; }

    /// <summary>What the spans' service is called.</summary>
    public string ServiceName { get; init; } = "mik";
}
