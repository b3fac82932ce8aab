using Microsoft.Extensions.Time.Testing;
using Mik.Server.Execution;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class GuestThreadsTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan WakeUp = TimeSpan.FromMicroseconds(50);

    private static readonly TimeSpan UsualRun = TimeSpan.FromMicroseconds(100);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_off_the_thread_pool()
    {
        using var threads = Threads(2);

        Assert.False(await threads.RunAsync(static () => Thread.CurrentThread.IsThreadPoolThread));
    }

    [Fact]
    public async Task A_thread_is_used_again()
    {
        using var threads = Threads(10);
        for (var i = 0; i < 20; i++)
        {
            await threads.RunAsync(static () => 0);

            // The worker reports its work before it lies down to wait.
            await Task.Delay(1, Cancellation);
        }

        Assert.InRange(threads.Count, 1, 5);
    }

    [Fact]
    public async Task Work_waits_for_a_place()
    {
        using var threads = Threads(10, places: 2);
        using var gate = new SemaphoreSlim(0);
        var first = await BeginToBlockOnAsync(gate, threads);
        _time.Advance(UsualRun);
        var blocked = new[] { first, BlockOn(gate, threads) };

        var third = threads.RunAsync(static () => 0);
        Assert.Equal(2, threads.Count);
        Assert.False(third.IsCompleted);
        gate.Release(2);

        await Task.WhenAll([.. blocked, third]).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_little_work_waits_for_a_run_that_has_just_begun_but_no_longer_than_a_beat()
    {
        using var threads = Threads(10, places: 2);
        using var gate = new SemaphoreSlim(0);
        var blocked = await BeginToBlockOnAsync(gate, threads);

        var next = threads.RunAsync(static () => 0);
        Assert.Equal(1, threads.Count);
        Assert.False(next.IsCompleted);
        _time.Advance(Beat);

        await next.WaitAsync(Cancellation);
        gate.Release();
        await blocked.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task More_than_a_little_work_waits_for_nobody()
    {
        using var threads = Threads(10, places: 2);
        using var gate = new SemaphoreSlim(0);
        var blocked = await BeginToBlockOnAsync(gate, threads);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => threads.RunAsync(static () => 0))).WaitAsync(Cancellation);

        gate.Release();
        await blocked.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Work_waits_for_a_thread_when_there_may_be_no_more()
    {
        using var threads = Threads(1, places: 1);
        using var gate = new SemaphoreSlim(0);
        var blocked = BlockOn(gate, threads);
        var next = threads.RunAsync(static () => 0);

        _time.Advance(Beat * 5);
        Assert.Equal(1, threads.Count);
        Assert.False(next.IsCompleted);
        gate.Release();

        await Task.WhenAll(blocked, next).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Whoever_goes_on_and_on_loses_its_place_after_two_beats()
    {
        using var threads = Threads(10, places: 1);
        using var gate = new SemaphoreSlim(0);
        var endless = await BeginToBlockOnAsync(gate, threads);
        var next = threads.RunAsync(static () => 0);

        // The first beat cannot tell work that has just begun from work that will never end.
        _time.Advance(Beat);
        Assert.Equal(1, threads.Count);
        _time.Advance(Beat);

        await next.WaitAsync(Cancellation);
        gate.Release();
        await endless.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Whoever_waits_lets_another_in()
    {
        using var threads = Threads(10, places: 1);
        using var gate = new SemaphoreSlim(0);
        var waiting = threads.RunAsync(() =>
        {
            threads.BeginWait();
            gate.Wait(Cancellation);
            threads.EndWait();
            return 0;
        });

        await threads.RunAsync(static () => 0).WaitAsync(Cancellation);
        Assert.False(waiting.IsCompleted);
        gate.Release();
        await waiting.WaitAsync(Cancellation);

        // What waited counts again: the place is not there twice.
        using var second = new SemaphoreSlim(0);
        var blocked = BlockOn(second, threads);
        var next = threads.RunAsync(static () => 0);
        await Task.Delay(20, Cancellation);
        Assert.False(next.IsCompleted);
        second.Release();
        await Task.WhenAll(blocked, next).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Waiting_elsewhere_is_nobodys_business()
    {
        using var threads = Threads(10, places: 1);

        threads.BeginWait();
        threads.EndWait();

        await threads.RunAsync(static () => 0).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Requests_under_way_go_before_new_ones()
    {
        using var threads = Threads(10, places: 1);
        using var gate = new SemaphoreSlim(0);
        var order = new List<string>();
        var done = new TaskCompletionSource();
        var blocked = BlockOn(gate, threads);

        threads.Start(_ => order.Add("new"), null);
        threads.Start(_ => done.SetResult(), null);
        threads.Post(_ => order.Add("under way"), null);
        gate.Release();

        await Task.WhenAll(blocked, done.Task).WaitAsync(Cancellation);
        Assert.Equal(["under way", "new"], order);
    }

    [Fact]
    public async Task What_a_run_leads_to_stays_with_its_thread()
    {
        using var threads = Threads(10, places: 2);
        for (var i = 0; i < 100; i++)
        {
            var followed = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = await threads.RunAsync(() =>
            {
                threads.Post(_ => followed.SetResult(Thread.CurrentThread), null);
                return Thread.CurrentThread;
            });

            Assert.Same(first, await followed.Task.WaitAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Two_calls_of_one_run_go_on_at_once_while_there_is_a_place()
    {
        using var threads = Threads(10, places: 2);
        using var both = new Barrier(2);
        var done = new[] { NewSource(), NewSource() };
        await threads.RunAsync(() =>
        {
            foreach (var each in done)
            {
                threads.Post(
                    _ =>
                    {
                        both.SignalAndWait(Cancellation);
                        each.SetResult();
                    },
                    null);
            }

            return 0;
        });

        await Task.WhenAll(done.Select(static each => each.Task)).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Calls_that_are_usually_soon_done_wake_nobody()
    {
        using var threads = Threads(10, places: 2);
        var usual = new UsualDuration();
        for (var i = 0; i < 100; i++)
        {
            await threads.RunAsync(() =>
            {
                threads.Post(static _ => { }, null, usual);
                return 0;
            });
        }

        var done = new[] { NewSource<Thread>(), NewSource<Thread>(), NewSource<Thread>() };
        var caller = await threads.RunAsync(() =>
        {
            foreach (var each in done)
            {
                threads.Post(_ => each.SetResult(Thread.CurrentThread), null, usual);
            }

            return Thread.CurrentThread;
        });

        Assert.All(await Task.WhenAll(done.Select(static each => each.Task)).WaitAsync(Cancellation), thread => Assert.Same(caller, thread));
    }

    [Fact]
    public async Task A_call_that_is_usually_soon_done_but_goes_on_keeps_the_others_for_two_beats_at_most()
    {
        using var threads = Threads(10, places: 2);
        using var gate = new SemaphoreSlim(0);
        var usual = new UsualDuration();
        while (usual.Value >= WakeUp)
        {
            usual.Add(TimeSpan.Zero);
        }

        var going = NewSource();
        var other = NewSource();
        await threads.RunAsync(() =>
        {
            threads.Post(_ => { going.SetResult(); gate.Wait(Cancellation); }, null, usual);
            threads.Post(_ => other.SetResult(), null, usual);
            return 0;
        });
        await going.Task.WaitAsync(Cancellation);
        Assert.False(other.Task.IsCompleted);

        _time.Advance(Beat);
        _time.Advance(Beat);

        await other.Task.WaitAsync(Cancellation);
        gate.Release();
    }

    [Fact]
    public async Task Whoever_goes_on_and_on_keeps_nothing_to_itself()
    {
        using var threads = Threads(10, places: 1);
        using var gate = new SemaphoreSlim(0);
        var posted = NewSource();
        var followed = NewSource();
        var endless = threads.RunAsync(() =>
        {
            threads.Post(_ => followed.SetResult(), null);
            posted.SetResult();
            gate.Wait(Cancellation);
            return 0;
        });
        await posted.Task.WaitAsync(Cancellation);

        _time.Advance(Beat);
        _time.Advance(Beat);

        await followed.Task.WaitAsync(Cancellation);
        gate.Release();
        await endless.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Whoever_waits_keeps_nothing_to_itself()
    {
        using var threads = Threads(10, places: 1);
        using var gate = new SemaphoreSlim(0);
        var followed = NewSource();
        var waiting = threads.RunAsync(() =>
        {
            threads.Post(_ => followed.SetResult(), null);
            threads.BeginWait();
            gate.Wait(Cancellation);
            threads.EndWait();
            return 0;
        });

        await followed.Task.WaitAsync(Cancellation);
        gate.Release();
        await waiting.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Whoever_always_has_more_to_do_lets_others_have_their_turn()
    {
        using var threads = Threads(1, places: 1);
        using var gate = new SemaphoreSlim(0);
        var other = NewSource();
        var blocked = BlockOn(gate, threads);
        threads.Start(GoOn, null);
        threads.Post(_ => threads.Post(_ => other.SetResult(), null), null);
        gate.Release();

        await other.Task.WaitAsync(Cancellation);
        await blocked;

        void GoOn(object? nothing)
        {
            if (!other.Task.IsCompleted)
            {
                threads.Post(GoOn, null);
            }
        }
    }

    [Fact]
    public async Task Idle_threads_leave()
    {
        using var threads = new GuestThreads(4, TimeSpan.FromMilliseconds(1), _time);
        await threads.RunAsync(static () => 0);

        while (threads.Count > 0)
        {
            await Task.Delay(1, Cancellation);
        }

        await threads.RunAsync(static () => 0).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Closing_lets_all_threads_go()
    {
        var threads = Threads(4);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => threads.RunAsync(static () => 0)));

        threads.Dispose();

        while (threads.Count > 0)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    [Fact]
    public async Task Hammer_loses_no_work_while_threads_come_go_and_wait()
    {
        using var threads = new GuestThreads(3, TimeSpan.Zero, TimeProvider.System, places: 2);
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await threads.RunAsync(() =>
                {
                    if (i % 16 == caller)
                    {
                        threads.BeginWait();
                        Thread.Yield();
                        threads.EndWait();
                    }

                    return Interlocked.Increment(ref done);
                });
            }
        }))).WaitAsync(Cancellation);

        Assert.Equal(8_000, done);
    }

    [Fact]
    public async Task Failures_reach_whoever_waits()
    {
        using var threads = Threads(1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => threads.RunAsync<int>(static () => throw new InvalidOperationException()));
        await threads.RunAsync(static () => 0);
    }

    /// <summary>Blocks a thread, which has begun to by the time this returns; the run itself is the result.</summary>
    private static async Task<Task<int>> BeginToBlockOnAsync(SemaphoreSlim gate, GuestThreads threads)
    {
        var begun = NewSource();
        var blocked = BlockOn(gate, threads, begun);
        await begun.Task.WaitAsync(Cancellation);
        return blocked;
    }

    private static Task<int> BlockOn(SemaphoreSlim gate, GuestThreads threads, TaskCompletionSource? begun = null) => threads.RunAsync(() =>
    {
        begun?.SetResult();
        gate.Wait(Cancellation);
        return 0;
    });

    // What awaits it must not go on on a guest's thread.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GuestThreads Threads(int atMost, int? places = null) => new(atMost, TimeSpan.FromMinutes(1), _time, places);
}
