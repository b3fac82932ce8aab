namespace Mik.Scripting;

/// <summary>How much one run of a script may take. A limit hit ends the run; scripts cannot catch it.</summary>
public sealed record ScriptLimits
{
    /// <summary>
    /// Processor time that script code may use; neither waiting nor a busy machine counts. Where the system has no processor clock for
    /// threads, the time that passes while script code runs.
    /// </summary>
    public TimeSpan CpuTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time from the start to the answer, waiting included.</summary>
    public TimeSpan WallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Memory for what the script makes while it answers, in bytes; the script engine and the loaded script are not counted. About
    /// 10 MiB are always there: the engine's memory has a smallest size.
    /// </summary>
    public long MemoryBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>How many times <c>host.call</c> may be called.</summary>
    public int MaxCalls { get; init; } = 100;

    /// <summary>
    /// How many scripts may stand above one another: a handler that a script calls may send a request that comes back to a script, which
    /// calls again. See <see cref="ScriptRequest.CallDepth"/>.
    /// </summary>
    public int MaxCallDepth { get; init; } = 8;

    /// <summary>Largest body of a call, in bytes.</summary>
    public int MaxCallBodyBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Longest path of a call with its query, in characters; as long as a client's may be.</summary>
    public int MaxCallPathLength { get; init; } = 4096;

    /// <summary>Largest headers of a call, in characters of names and values; as large as a client's may be.</summary>
    public int MaxCallHeaderLength { get; init; } = 32 * 1024;

    /// <summary>Largest body of the answer, in bytes.</summary>
    public int MaxAnswerBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many messages reach the log; the others are counted and dropped, for they do no harm.</summary>
    public int MaxLogMessages { get; init; } = 1000;

    /// <summary>How many characters reach the log.</summary>
    public int MaxLogLength { get; init; } = 256 * 1024;

    /// <summary>What is too large about a call; <see langword="null"/> when nothing is.</summary>
    internal string? ExcessOf(HandlerCall call)
    {
        var headerLength = call.Headers.Sum(static header => (long)header.Name.Length + header.Value.Length);
        return call switch
        {
            _ when call.Body.Length > MaxCallBodyBytes => $"The body of a call has {call.Body.Length} bytes; the limit is {MaxCallBodyBytes}.",
            _ when call.Path.Length > MaxCallPathLength => $"The path of a call has {call.Path.Length} characters; the limit is {MaxCallPathLength}.",
            _ when headerLength > MaxCallHeaderLength => $"The headers of a call have {headerLength} characters; the limit is {MaxCallHeaderLength}.",
            _ => null,
        };
    }
}
