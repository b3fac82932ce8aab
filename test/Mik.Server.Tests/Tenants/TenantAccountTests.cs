using Microsoft.Extensions.Time.Testing;
using Mik.Server.Configuration;
using Mik.Server.Faults;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class TenantAccountTests : IDisposable
{
    private const long Mib = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCpuClock _cpu = new();
    private readonly TenantAccount _account;

    public TenantAccountTests() =>
        _account = new TenantAccount(new TenantLimitsConfig { Concurrency = 2, CpuMsPerSec = 100, MemoryMb = 16 }, _time, _cpu);

    public void Dispose() => _account.Dispose();

    [Fact]
    public void As_many_runs_are_let_in_as_fit()
    {
        Assert.Null(_account.TryEnter());
        Assert.Null(_account.TryEnter());
        var refusal = _account.TryEnter();
        Assert.Equal(FaultKind.TenantSaturated, refusal!.Kind);
        Assert.Equal((429, TimeSpan.FromSeconds(1)), (refusal.Rule.Status, refusal.RetryAfter!.Value));
        _account.Exit();

        Assert.Null(_account.TryEnter());
        Assert.Equal(2, _account.InFlight);
    }

    [Fact]
    public void Without_processor_time_nobody_is_let_in_until_there_is_some()
    {
        _account.Work(() => _cpu.Use(0, TimeSpan.FromMilliseconds(300)));

        var refusal = _account.TryEnter();
        Assert.Equal((FaultKind.TenantCpuExceeded, 429), (refusal!.Kind, refusal.Rule.Status));
        Assert.InRange(refusal.RetryAfter!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        _time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Null(_account.TryEnter());
    }

    [Fact]
    public void Memory_is_granted_up_to_the_limit_and_can_be_given_back()
    {
        Assert.True(_account.TryTakeMemory(10 * Mib));
        Assert.False(_account.TryTakeMemory(7 * Mib));
        Assert.True(_account.TryTakeMemory(6 * Mib));
        _account.ReturnMemory(10 * Mib);

        Assert.Equal(6 * Mib, _account.MemoryBytes);
        Assert.False(_account.TryTakeMemory(long.MaxValue / 2));
        Assert.Equal(6 * Mib, _account.MemoryBytes);
    }

    [Fact]
    public void A_crowd_never_gets_more_than_the_limit()
    {
        var granted = 0L;
        Parallel.For(0, 10_000, _ =>
        {
            if (_account.TryTakeMemory(Mib))
            {
                Assert.InRange(Interlocked.Add(ref granted, Mib), Mib, 16 * Mib);
                Interlocked.Add(ref granted, -Mib);
                _account.ReturnMemory(Mib);
            }
        });

        Assert.Equal(0, _account.MemoryBytes);
    }

    [Fact]
    public void It_is_at_rest_when_it_says_no_more_than_a_new_one()
    {
        Assert.True(_account.IsRested);
        _account.TryEnter();
        Assert.False(_account.IsRested);
        _account.Exit();
        _account.TryTakeMemory(1);
        Assert.False(_account.IsRested);
        _account.ReturnMemory(1);

        Assert.True(_account.IsRested);
    }
}
