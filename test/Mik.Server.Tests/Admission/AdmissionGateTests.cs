using Mik.Server.Admission;
using Mik.Server.Faults;
using Xunit;

namespace Mik.Server.Tests.Admission;

public sealed class AdmissionGateTests
{
    private static readonly (string, string) One = ("handler", "one");

    [Fact]
    public void Whoever_does_not_fit_is_refused_at_once()
    {
        var gate = new AdmissionGate(maxRequests: 1, maxBodyBytes: 10);
        var first = gate.Enter(One, null);

        Assert.Null(first.Refusal);
        Assert.Equal(FaultKind.ServerSaturated, gate.Enter(One, null).Refusal?.Kind);
        Assert.NotNull(gate.Enter(One, null).Refusal?.RetryAfter);
        first.Dispose();

        Assert.Null(gate.Enter(One, null).Refusal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(0L, false)]
    [InlineData(10L, false)]
    [InlineData(11L, true)]
    public void A_body_that_says_it_is_too_large_is_refused(long? declared, bool refused)
    {
        var gate = new AdmissionGate(maxRequests: 1, maxBodyBytes: 10);

        Assert.Equal(refused ? FaultKind.BodyTooLarge : null, gate.Enter(One, declared).Refusal?.Kind);
    }

    [Fact]
    public async Task Draining_refuses_newcomers_and_ends_with_the_last_one_out()
    {
        var gate = new AdmissionGate(maxRequests: 10, maxBodyBytes: 10);
        var inside = gate.Enter(One, null);

        var drained = gate.Drain();
        Assert.Equal(FaultKind.Draining, gate.Enter(One, null).Refusal?.Kind);
        Assert.False(drained.IsCompleted);
        inside.Dispose();

        await drained.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Hammer_counts_everybody_out()
    {
        var gate = new AdmissionGate(maxRequests: 2, maxBodyBytes: 10);
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                using var permit = gate.Enter(One, null);
            }
        });

        Assert.Equal(0, gate.InFlight);
        await gate.Drain().WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Other_limits_leave_those_inside_alone()
    {
        var gate = new AdmissionGate(maxRequests: 2, maxBodyBytes: 10);
        using var first = gate.Enter(One, null);
        using var second = gate.Enter(One, null);

        gate.Configure(maxRequests: 1, maxBodyBytes: 5);

        Assert.Equal(2, gate.InFlight);
        Assert.Equal(FaultKind.BodyTooLarge, gate.Enter(One, 6).Refusal!.Kind);
        Assert.Equal("The server already serves 1 requests.", gate.Enter(One, 5).Refusal!.Detail);
        gate.Configure(maxRequests: 3, maxBodyBytes: 5);
        using var third = gate.Enter(One, 5);
        Assert.Null(third.Refusal);
    }

    [Fact]
    public void The_last_places_are_for_those_who_hold_few()
    {
        var gate = new AdmissionGate(maxRequests: 20, maxBodyBytes: 10);
        var inside = Enumerable.Range(0, 18).Select(_ => gate.Enter(One, null)).ToList();
        Assert.All(inside, static permit => Assert.Null(permit.Refusal));

        Assert.Equal(FaultKind.ServerSaturated, gate.Enter(One, null).Refusal!.Kind);
        using var other = gate.Enter(("handler", "other"), null);
        Assert.Null(other.Refusal);
        using var namesake = gate.Enter(("script", "one"), null);
        Assert.Null(namesake.Refusal);
        Assert.Equal(20, gate.InFlight);

        // What leaves room for others again is the number of free places, not that one of its own has become free.
        inside[0].Dispose();
        Assert.NotNull(gate.Enter(One, null).Refusal);
        inside[1].Dispose();
        inside[2].Dispose();
        using var again = gate.Enter(One, null);
        Assert.Null(again.Refusal);
        Assert.NotNull(gate.Enter(One, null).Refusal);
    }

    [Fact]
    public void Hammer_ends_with_every_place_free()
    {
        var gate = new AdmissionGate(maxRequests: 20, maxBodyBytes: 10);
        var most = 0;
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                using var permit = gate.Enter(("handler", ((i + worker) % 7).ToString(System.Globalization.CultureInfo.InvariantCulture)), null);
                InterlockedMax(ref most, gate.InFlight);
            }
        });

        Assert.Equal(0, gate.InFlight);
        Assert.True(gate.Drain().IsCompleted);

        static void InterlockedMax(ref int target, int value)
        {
            for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            {
                Interlocked.CompareExchange(ref target, value, seen);
            }
        }
    }
}
