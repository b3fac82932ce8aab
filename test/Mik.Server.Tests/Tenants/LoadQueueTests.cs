using Mik.Server.Tenants;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class LoadQueueTests
{
    [Fact]
    public async Task Everything_is_done_and_no_more_at_once_than_there_are_processors()
    {
        const int Pieces = 200;
        var queue = new LoadQueue();
        var (inside, most, left) = (0, 0, Pieces);
        var done = new TaskCompletionSource();
        for (var i = 0; i < Pieces; i++)
        {
            queue.Enqueue(() =>
            {
                var now = Interlocked.Increment(ref inside);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                Thread.Yield();
                Interlocked.Decrement(ref inside);
                if (Interlocked.Decrement(ref left) == 0)
                {
                    done.SetResult();
                }
            });
        }

        await done.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(most, 1, Environment.ProcessorCount);
    }
}
