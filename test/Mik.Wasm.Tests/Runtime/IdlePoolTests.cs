using Microsoft.Extensions.Time.Testing;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class IdlePoolTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _released = [];
    private readonly IdlePool<string> _pool;
    private int _processor;

    public IdlePoolTests() => _pool = new IdlePool<string>(3, Patience, _time, _released.Add) { Processor = () => _processor };

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void What_was_used_last_is_taken_first()
    {
        _pool.Return("a");
        _pool.Return("b");

        Assert.Equal("b", _pool.TryTake());
        Assert.Equal("a", _pool.TryTake());
        Assert.Null(_pool.TryTake());
        Assert.Empty(_released);
    }

    [Fact]
    public void A_processor_takes_what_it_used_last()
    {
        _pool.Return("a");
        _processor = 1;
        _pool.Return("b");
        _processor = 0;

        Assert.Equal("a", _pool.TryTake());
    }

    [Fact]
    public void A_processor_takes_another_s_when_nothing_else_waits()
    {
        _pool.Return("a");
        _pool.Return("b");
        _processor = 1;

        Assert.Equal("a", _pool.TryTake());
        Assert.Equal("b", _pool.TryTake());
        Assert.Null(_pool.TryTake());
    }

    [Fact]
    public void What_has_no_room_is_let_go()
    {
        foreach (var item in (string[])["a", "b", "c", "d"])
        {
            _pool.Return(item);
        }

        Assert.Equal(["d"], _released);
        Assert.Equal(3, _pool.Count);
    }

    [Fact]
    public void What_nobody_needs_is_let_go()
    {
        _pool.Return("a");
        _pool.Return("b");

        _time.Advance(Patience);
        _time.Advance(Patience);

        Assert.Equal(["a", "b"], _released);
        Assert.Null(_pool.TryTake());
    }

    [Fact]
    public void What_is_needed_now_and_then_stays()
    {
        _pool.Return("a");
        _pool.Return("b");
        _pool.Return("c");
        for (var i = 0; i < 4; i++)
        {
            var (first, second) = (_pool.TryTake()!, _pool.TryTake()!);
            _pool.Return(second);
            _pool.Return(first);
            _time.Advance(Patience);
        }

        // Two were needed in every stretch of time, the third in none.
        Assert.Single(_released);
        Assert.Equal(2, _pool.Count);
    }

    [Fact]
    public void A_pool_that_was_emptied_by_time_works_on()
    {
        _pool.Return("a");
        _time.Advance(Patience * 2);
        _time.Advance(Patience * 2);

        _pool.Return("b");
        _time.Advance(Patience);
        _time.Advance(Patience);

        Assert.Equal(["a", "b"], _released);
    }

    [Fact]
    public void A_disposed_pool_keeps_nothing()
    {
        _pool.Return("a");
        _pool.Dispose();
        _pool.Return("b");

        Assert.Equal(["a", "b"], _released);
    }
}
