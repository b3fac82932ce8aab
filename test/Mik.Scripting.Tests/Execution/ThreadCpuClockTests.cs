using Mik.Scripting.Execution;
using Xunit;

namespace Mik.Scripting.Tests.Execution;

public sealed class ThreadCpuClockTests
{
    [Fact]
    public void Another_thread_can_read_how_long_a_thread_has_run()
    {
        Assert.SkipUnless(ThreadCpuClock.IsAvailable, "The system has no processor clock for threads.");
        var clock = new ThreadCpuClock();
        using var named = new SemaphoreSlim(0);
        using var read = new SemaphoreSlim(0);
        var name = 0;
        TimeSpan used = default;
        var thread = new Thread(() =>
        {
            name = clock.NameThread();
            while (clock.Read(name) < TimeSpan.FromMilliseconds(20))
            {
            }

            used = clock.Read(name);
            named.Release();
            read.Wait();
        });

        thread.Start();
        named.Wait(TestContext.Current.CancellationToken);
        var seen = clock.Read(name);
        var again = clock.Read(name);
        read.Release();
        thread.Join();

        Assert.NotEqual(name, clock.NameThread());
        Assert.True(seen >= used);
        Assert.InRange(again, seen, seen + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Time_goes_on_only_while_the_thread_runs()
    {
        Assert.SkipUnless(ThreadCpuClock.IsAvailable, "The system has no processor clock for threads.");
        var clock = new ThreadCpuClock();
        var name = clock.NameThread();
        var before = clock.Read(name);

        var busy = new Thread(() =>
        {
            var own = clock.NameThread();
            while (clock.Read(own) < TimeSpan.FromMilliseconds(200))
            {
            }
        });
        busy.Start();
        busy.Join();

        Assert.True(clock.Read(name) - before < TimeSpan.FromMilliseconds(200));
    }
}
