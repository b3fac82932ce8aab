using Microsoft.Extensions.Time.Testing;
using Mik.Server.Hosting;
using Xunit;

namespace Mik.Server.Tests.Hosting;

public sealed class QuietCollectionTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private readonly QuietCollection _quiet;
    private long _allocated;
    private int _collections;
    private int _rounds;

    public QuietCollectionTests() => _quiet = new QuietCollection(_time, () => _allocated, () => _collections++, () => _rounds++);

    public void Dispose() => _quiet.Dispose();

    [Fact]
    public void Collects_once_when_a_rush_is_over()
    {
        Pass(100 * MiB);
        Assert.Equal(0, _collections);

        Pass(MiB);
        Pass(MiB);

        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Does_not_disturb_a_rush()
    {
        for (var i = 0; i < 10; i++)
        {
            Pass(50 * MiB);
        }

        Assert.Equal(0, _collections);
    }

    [Fact]
    public void Leaves_little_alone()
    {
        Pass(50 * MiB);
        Pass(0);

        Assert.Equal(0, _collections);
    }

    [Fact]
    public void Every_rush_ends_with_a_collection()
    {
        for (var i = 0; i < 3; i++)
        {
            Pass(80 * MiB);
            Pass(0);
        }

        Assert.Equal(3, _collections);
    }

    [Fact]
    public void Code_that_was_let_go_is_collected_in_rounds_and_its_memory_returned_when_it_is_quiet()
    {
        _quiet.ExpectUnloading();
        for (var i = 0; i < 5; i++)
        {
            Pass(50 * MiB);
        }

        Assert.Equal((4, 0), (_rounds, _collections));
        Pass(MiB);
        Pass(MiB);
        Assert.Equal((4, 1), (_rounds, _collections));
    }

    [Fact]
    public void Code_that_is_let_go_meanwhile_gets_all_rounds()
    {
        _quiet.ExpectUnloading();
        Pass(0);
        Pass(0);
        _quiet.ExpectUnloading();
        for (var i = 0; i < 10; i++)
        {
            Pass(0);
        }

        Assert.Equal((6, 1), (_rounds, _collections));
    }

    [Fact]
    public void Nothing_is_collected_after_disposal()
    {
        Pass(100 * MiB);
        _quiet.Dispose();
        Pass(0);

        Assert.Equal(0, _collections);
    }

    private void Pass(long bytes)
    {
        _allocated += bytes;
        _time.Advance(TimeSpan.FromSeconds(5));
    }
}
