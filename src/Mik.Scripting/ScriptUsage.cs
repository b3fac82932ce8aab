namespace Mik.Scripting;

/// <summary>What one run of a script took. Written by the run, to be read when it is over.</summary>
public sealed class ScriptUsage
{
    /// <summary>Processor time that script code used, measured as for <see cref="ScriptLimits.CpuTime"/>.</summary>
    public TimeSpan CpuTime { get; internal set; }

    /// <summary>
    /// Whether the run got a virtual machine that an earlier one had left, rather than a new one; <see langword="null"/> when it got none.
    /// </summary>
    public bool? IsWarm { get; internal set; }
}
