namespace Mik.Scripting.Execution;

/// <summary>Takes the time that passes for processor time: too much on a busy machine, never too little.</summary>
internal sealed class ElapsedCpuClock(TimeProvider time) : CpuClock
{
    private readonly long _started = time.GetTimestamp();

    public override int NameThread() => 0;

    public override TimeSpan Read(int thread) => time.GetElapsedTime(_started);
}
