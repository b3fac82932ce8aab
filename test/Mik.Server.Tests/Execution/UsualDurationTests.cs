using Mik.Server.Execution;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class UsualDurationTests
{
    private static readonly TimeSpan Brief = TimeSpan.FromMicroseconds(8);

    [Fact]
    public void What_was_never_done_is_taken_for_long() => Assert.Equal(UsualDuration.Most, new UsualDuration().Value);

    [Fact]
    public void A_few_tens_of_brief_pieces_show_that_they_are()
    {
        var usual = UsualOf(Brief, 50);

        Assert.InRange(usual.Value, Brief, 1.2 * Brief);
    }

    [Fact]
    public void One_that_is_a_thousand_times_as_long_says_little_of_the_next()
    {
        var usual = UsualOf(Brief, 50);

        usual.Add(1000 * Brief);

        Assert.InRange(usual.Value, Brief, 5 * Brief);
    }

    [Fact]
    public void Work_that_becomes_long_is_soon_known_for_it()
    {
        var usual = UsualOf(Brief, 50);

        for (var i = 0; i < 5; i++)
        {
            usual.Add(TimeSpan.FromSeconds(1));
        }

        Assert.True(usual.Value > UsualDuration.Most / 3);
        Assert.True(usual.Value <= UsualDuration.Most);
    }

    private static UsualDuration UsualOf(TimeSpan took, int times)
    {
        var usual = new UsualDuration();
        for (var i = 0; i < times; i++)
        {
            usual.Add(took);
        }

        return usual;
    }
}
