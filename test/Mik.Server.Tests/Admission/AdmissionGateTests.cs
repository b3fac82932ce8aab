using Mik.Server.Admission;
using Mik.Server.Faults;
using Xunit;

namespace Mik.Server.Tests.Admission;

public sealed class AdmissionGateTests
{
    [Fact]
    public void Whoever_does_not_fit_is_refused_at_once()
    {
        var gate = new AdmissionGate(maxRequests: 1, maxBodyBytes: 10);
        var first = gate.Enter(null);

        Assert.Null(first.Refusal);
        Assert.Equal(FaultKind.ServerSaturated, gate.Enter(null).Refusal?.Kind);
        Assert.NotNull(gate.Enter(null).Refusal?.RetryAfter);
        first.Dispose();

        Assert.Null(gate.Enter(null).Refusal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(0L, false)]
    [InlineData(10L, false)]
    [InlineData(11L, true)]
    public void A_body_that_says_it_is_too_large_is_refused(long? declared, bool refused)
    {
        var gate = new AdmissionGate(maxRequests: 1, maxBodyBytes: 10);

        Assert.Equal(refused ? FaultKind.BodyTooLarge : null, gate.Enter(declared).Refusal?.Kind);
    }

    [Fact]
    public async Task Draining_refuses_newcomers_and_ends_with_the_last_one_out()
    {
        var gate = new AdmissionGate(maxRequests: 10, maxBodyBytes: 10);
        var inside = gate.Enter(null);

        var drained = gate.Drain();
        Assert.Equal(FaultKind.Draining, gate.Enter(null).Refusal?.Kind);
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
                using var permit = gate.Enter(null);
            }
        });

        Assert.Equal(0, gate.InFlight);
        await gate.Drain().WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Other_limits_leave_those_inside_alone()
    {
        var gate = new AdmissionGate(maxRequests: 2, maxBodyBytes: 10);
        using var first = gate.Enter(null);
        using var second = gate.Enter(null);

        gate.Configure(maxRequests: 1, maxBodyBytes: 5);

        Assert.Equal(2, gate.InFlight);
        Assert.Equal(FaultKind.BodyTooLarge, gate.Enter(6).Refusal!.Kind);
        Assert.Equal("The server already serves 1 requests.", gate.Enter(5).Refusal!.Detail);
        gate.Configure(maxRequests: 3, maxBodyBytes: 5);
        using var third = gate.Enter(5);
        Assert.Null(third.Refusal);
    }
}
