using System.Diagnostics;
using Mik.Server.Observability;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Server.Execution;

/// <summary>A loaded handler, seen from the request path. Disposing lets idle instances go; runs under way end as usual.</summary>
internal interface IHandlerProgram : IDisposable
{
    /// <summary>
    /// Runs one request in an instance of its own, on the calling thread, until the guest is done. What the guest does wrong is part
    /// of the result; only the host's own failures are exceptions.
    /// </summary>
    /// <param name="request">What the guest is asked.</param>
    /// <param name="responseStarted">Called when the guest has set its response, whose body may still be growing, at the latest
    /// before this method returns. Further calls change nothing.</param>
    /// <param name="stop">Ends the guest wherever it is.</param>
    HandlerEnd Run(HandlerRequest request, Action<GuestResponse> responseStarted, CancellationToken stop);
}

/// <summary>What a handler is asked, by a client or by a script.</summary>
internal sealed record HandlerRequest
{
    public required string Method { get; init; }

    /// <summary>Path and query as they were sent.</summary>
    public required string PathAndQuery { get; init; }

    public required string Authority { get; init; }

    public required IReadOnlyList<HttpField> Headers { get; init; }

    /// <summary>The body; <see cref="Stream.Null"/> for none.</summary>
    public required Stream Body { get; init; }

    /// <summary>What follows the body, asked for after its end.</summary>
    public Func<IReadOnlyList<HttpField>>? Trailers { get; init; }

    /// <summary>Names the request in what the guest logs.</summary>
    public required string RequestId { get; init; }

    /// <summary>How many scripts' calls led here; see <see cref="CallDepth"/>.</summary>
    public int CallDepth { get; init; }

    /// <summary>The run's place in its trace, which the headers tell the guest.</summary>
    public required TraceContext Trace { get; init; }

    /// <summary>The run's span, which ends with the run; <see langword="null"/> when nobody records it.</summary>
    public Activity? Span { get; init; }

    /// <summary>Who pays for the run; <see langword="null"/> when nobody does.</summary>
    public IStoreOwner? Owner { get; init; }
}

/// <summary>A response as its handler set it.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Body">The body. Must be read to its end or stopped, or the guest may wait for ever.</param>
internal sealed record GuestResponse(int Status, IReadOnlyList<HttpField> Headers, IResponseBody Body);

/// <summary>A response's body while its handler may still be writing it. Read by one reader at a time.</summary>
internal interface IResponseBody
{
    /// <summary>The body's length, if all of it was written before any of it was read.</summary>
    long? CompleteLength { get; }

    /// <summary>What follows the body; known once it is whole.</summary>
    IReadOnlyList<HttpField> Trailers { get; }

    /// <summary>
    /// Waits for the body to be whole, unless that takes its time: not longer than <paramref name="patience"/>, and not until the guest
    /// goes on after waiting for something itself. What awaits this may go on in the middle of the guest, and must not block.
    /// </summary>
    ValueTask WaitForWholeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation);

    /// <summary>The next bytes, as soon as there are any. They stay valid until the next call; none means the end.</summary>
    /// <exception cref="BodyAbortedException">The guest ended before the body was whole.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation);

    /// <summary>Says that nobody will read on.</summary>
    void Stop();
}

/// <summary>How a guest's run ended.</summary>
internal enum HandlerEndKind
{
    /// <summary>The guest returned after setting a response.</summary>
    Answered,

    /// <summary>The guest returned without setting a response, or set an error in its place.</summary>
    NoResponse,

    Trapped,

    /// <summary>The guest trapped after memory had been refused to it.</summary>
    OutOfMemory,

    /// <summary>The host stopped the guest.</summary>
    Stopped,

    /// <summary>The program's file cannot be loaded; no guest ran.</summary>
    Unloadable,

    /// <summary>The guest was stopped because whoever pays for it has no processor time left.</summary>
    OwnerOutOfTime,

    /// <summary>The guest trapped after memory had been refused to it because whoever pays for it has no more.</summary>
    OwnerOutOfMemory,
}

/// <summary>How a guest's run ended, and what is known about it.</summary>
/// <param name="Kind">How.</param>
/// <param name="Diagnosis">For the operator: trap and backtrace, or the error the guest set.</param>
internal readonly record struct HandlerEnd(HandlerEndKind Kind, string? Diagnosis = null);
