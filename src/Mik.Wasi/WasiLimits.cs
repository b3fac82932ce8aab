namespace Mik.Wasi;

/// <summary>What one guest may make the host hold for it.</summary>
public sealed record WasiLimits
{
    /// <summary>The limits unless said otherwise.</summary>
    public static WasiLimits Default { get; } = new();

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

    /// <summary>
    /// What everything the guest holds on the host's side takes together: resources, headers, bodies nobody has read yet. 32 MiB is
    /// far more than a request needs, and less than the guest's own memory. Above it the guest traps.
    /// </summary>
    public long MaxHeldBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Outgoing requests of one instance whose responses are not read to their end or dropped. Further ones fail with
    /// <c>connection-limit-reached</c>.
    /// </summary>
    public int MaxOutgoingRequests { get; init; } = 100;

    /// <summary>
    /// Files, directories and sockets one instance may have open, far fewer than a process may have in all. Opening more fails with
    /// <c>insufficient-memory</c> or <c>new-socket-limit</c>.
    /// </summary>
    public int MaxOpenFiles { get; init; } = 128;

    /// <summary>Names and values of one set of headers or trailers together. Above it the guest traps.</summary>
    public int MaxFieldsBytes { get; init; } = 128 * 1024;

    /// <summary>Printed text per instance, in characters. Later lines are discarded, with a note.</summary>
    public int MaxLogLength { get; init; } = 1024 * 1024;
}
