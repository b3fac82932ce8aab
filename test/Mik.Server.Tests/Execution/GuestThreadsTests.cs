using Mik.Server.Execution;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class GuestThreadsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_off_the_thread_pool_also_after_awaits()
    {
        using var threads = new GuestThreads(2, TimeSpan.FromMinutes(1));

        var seen = await threads.RunAsync(
            static async _ =>
            {
                var before = Thread.CurrentThread.IsThreadPoolThread;
                await Task.Yield();
                var between = Thread.CurrentThread.IsThreadPoolThread;
                await Task.Run(static () => { });
                return (before, between, after: Thread.CurrentThread.IsThreadPoolThread);
            },
            null);

        Assert.Equal((false, false, false), seen);
    }

    [Fact]
    public async Task A_thread_is_used_again()
    {
        using var threads = new GuestThreads(10, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
        {
            await threads.Run(static _ => { }, null);

            // The worker reports its task before it lies down to wait.
            await Task.Delay(1, Cancellation);
        }

        Assert.InRange(threads.Count, 1, 5);
    }

    [Fact]
    public async Task Work_waits_when_every_thread_is_busy()
    {
        using var threads = new GuestThreads(2, TimeSpan.FromMinutes(1));
        using var gate = new SemaphoreSlim(0);
        var blocked = new[] { threads.Run(_ => gate.Wait(), null), threads.Run(_ => gate.Wait(), null) };

        var third = threads.Run(static _ => { }, null);
        Assert.Equal(2, threads.Count);
        Assert.False(third.IsCompleted);
        gate.Release(2);

        await Task.WhenAll([.. blocked, third]).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Idle_threads_leave()
    {
        using var threads = new GuestThreads(4, TimeSpan.FromMilliseconds(1));
        await threads.Run(static _ => { }, null);

        while (threads.Count > 0)
        {
            await Task.Delay(1, Cancellation);
        }

        await threads.Run(static _ => { }, null).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Closing_lets_all_threads_go()
    {
        var threads = new GuestThreads(4, TimeSpan.FromMinutes(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => threads.Run(static _ => { }, null)));

        threads.Dispose();

        while (threads.Count > 0)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    [Fact]
    public async Task Hammer_loses_no_work_while_threads_come_and_go()
    {
        using var threads = new GuestThreads(3, TimeSpan.Zero);
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await threads.Run(_ => Interlocked.Increment(ref done), null);
            }
        }))).WaitAsync(Cancellation);

        Assert.Equal(8_000, done);
    }

    [Fact]
    public async Task Failures_reach_whoever_waits()
    {
        using var threads = new GuestThreads(1, TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() => threads.Run(static _ => throw new InvalidOperationException(), null));
        await threads.Run(static _ => { }, null);
    }
}
