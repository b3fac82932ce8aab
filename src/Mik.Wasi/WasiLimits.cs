namespace Mik.Wasi;

/// <summary>What one guest may make the host hold for it.</summary>
public sealed record WasiLimits
{
    /// <summary>
    /// Bytes of a body kept while nobody can read it: a response before <c>response-outparam.set</c>, a request before
    /// <c>outgoing-handler.handle</c>. 10 MiB, like the default size of a request's body. Writing more traps.
    /// </summary>
    public int MaxUnsentBodyBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>
    /// Bytes of a body kept while its reader is slower than the guest; the guest's writes then block. 64 KiB holds a whole typical
    /// answer, so that the guest can finish without waiting for the network.
    /// </summary>
    public int BodyWindowBytes { get; init; } = 64 * 1024;

    /// <summary>Names and values of one set of headers or trailers together. Above it the guest traps.</summary>
    public int MaxFieldsBytes { get; init; } = 128 * 1024;

    /// <summary>Printed text per instance, in characters. Later lines are discarded, with a note.</summary>
    public int MaxLogLength { get; init; } = 1024 * 1024;
}
