using Mik.Scripting.Execution;

namespace Mik.Server.Tests.Fakes;

/// <summary>Processor time as a test says; every thread that asks for a name gets the next one.</summary>
internal sealed class FakeCpuClock : CpuClock
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _used = [];

    public override int NameThread()
    {
        lock (_gate)
        {
            _used.Add(TimeSpan.Zero);
            return _used.Count - 1;
        }
    }

    public override TimeSpan Read(int thread)
    {
        lock (_gate)
        {
            return _used[thread];
        }
    }

    public void Use(int thread, TimeSpan time)
    {
        lock (_gate)
        {
            _used[thread] += time;
        }
    }
}
