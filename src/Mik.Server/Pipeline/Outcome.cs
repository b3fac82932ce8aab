using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.StaticFiles;
using Mik.Wasi.Http;

namespace Mik.Server.Pipeline;

/// <summary>What execution gave: no answer, a whole one, or one that is still being written.</summary>
/// <param name="Execution">The handler's run, which may not be over.</param>
internal abstract record Outcome(HandlerExecution? Execution);

/// <summary>There is no answer.</summary>
internal sealed record FailedOutcome(Fault Fault, HandlerExecution? Execution = null) : Outcome(Execution);

/// <summary>The whole answer is here.</summary>
internal sealed record CompleteOutcome(int Status, IReadOnlyList<HttpField> Headers, ReadOnlyMemory<byte> Body) : Outcome((HandlerExecution?)null);

/// <summary>A file is to be sent, or a part of it.</summary>
internal sealed record FileOutcome(int Status, IReadOnlyList<HttpField> Headers, StaticFile File, long Offset, long Length) : Outcome((HandlerExecution?)null);

/// <summary>A handler has begun to answer and goes on running.</summary>
internal sealed record StreamingOutcome(GuestResponse Response, HandlerExecution Run) : Outcome(Run);
