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

    /// <summary>Largest body of the answer, in bytes.</summary>
    public int MaxAnswerBytes { get; init; } = 10 * 1024 * 1024;
}
