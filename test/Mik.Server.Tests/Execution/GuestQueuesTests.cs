using Mik.Server.Execution;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class GuestQueuesTests
{
    private readonly GuestQueues _queues = new();
    private readonly Queue<GuestWork> _own = new();
    private readonly Queue<GuestWork> _others = new();

    [Fact]
    public void Own_work_comes_first_and_what_others_keep_comes_last()
    {
        Fill();

        Assert.Equal(["own 1", "own 2", "under way", "fresh", "other's"], TakeAll(othersFirst: false));
    }

    [Fact]
    public void When_it_is_the_others_turn_what_is_under_way_comes_first()
    {
        Fill();

        Assert.Equal(["under way", "own 1", "own 2", "fresh", "other's"], TakeAll(othersFirst: true));
    }

    [Fact]
    public void What_is_given_away_is_under_way_for_everybody()
    {
        Fill();

        _queues.GiveAway(_others);

        Assert.Equal(["own 1", "own 2", "under way", "other's", "fresh"], TakeAll(othersFirst: false));
    }

    [Fact]
    public void Everything_that_waits_counts()
    {
        Assert.True(_queues.IsEmpty);
        Fill();
        Assert.Equal(2, _queues.Shared);
        for (var left = 5; left > 0; left--)
        {
            Assert.Equal((left, false), (_queues.Count, _queues.IsEmpty));
            Assert.True(_queues.TryTake(_own, othersFirst: false, out _));
        }

        Assert.Equal((0, true), (_queues.Count, _queues.IsEmpty));
        Assert.False(_queues.TryTake(_own, othersFirst: true, out _));
    }

    private void Fill()
    {
        _queues.AddFresh(Work("fresh"));
        _queues.Keep(_others, Work("other's"));
        _queues.AddUnderWay(Work("under way"));
        _queues.Keep(_own, Work("own 1"));
        _queues.Keep(_own, Work("own 2"));
    }

    private List<string> TakeAll(bool othersFirst)
    {
        var taken = new List<string>();
        while (_queues.TryTake(_own, othersFirst, out var work))
        {
            taken.Add((string)work.State!);
        }

        return taken;
    }

    private static GuestWork Work(string name) => new(static _ => { }, name);
}
