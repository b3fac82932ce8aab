namespace Mik.Scripting.Execution;

/// <summary>Says how much processor time a thread has used.</summary>
public abstract class CpuClock
{
    /// <summary>The clock of the system's threads, or, where there is none, one that also counts while a thread has no processor.</summary>
    /// <param name="time">What the substitute goes by.</param>
    public static CpuClock For(TimeProvider time) => ThreadCpuClock.IsAvailable ? new ThreadCpuClock() : new ElapsedCpuClock(time);

    /// <summary>Names the calling thread for <see cref="Read"/>. The name is good for as long as the thread lives.</summary>
    public abstract int NameThread();

    /// <summary>The time that a thread has used since some moment in the past. Any thread may ask.</summary>
    public abstract TimeSpan Read(int thread);
}
