using Mik.Scripting.Execution;
using Mik.Server.Admission;
using Mik.Server.Configuration;
using Mik.Server.Faults;
using Mik.Wasm.Runtime;

namespace Mik.Server.Tenants;

/// <summary>
/// What one tenant takes, all its handlers and scripts together, and the bounds of it: how many run at once, how much memory they have
/// and how much processor time they use. Nothing a guest does can evade it: memory is asked for below the guest, and a guest that uses too
/// much time is stopped as one that runs into its deadline is. Thread-safe.
/// </summary>
internal sealed class TenantAccount(TenantLimitsConfig limits, TimeProvider time, CpuClock cpu) : IStoreOwner, IDisposable
{
    // Nobody knows when a place or memory will be free. One second: short against human patience, long against a run.
    private static readonly TimeSpan FullRetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimit _runs = new(limits.Concurrency);
    private readonly ProcessorShare _processor = new(TimeSpan.FromMilliseconds(limits.CpuMsPerSec), time, cpu);
    private readonly long _maxMemory = (long)limits.MemoryMb << 20;
    private long _memory;

    /// <summary>How many handlers and scripts of the tenant run.</summary>
    public int InFlight => _runs.Inside;

    /// <summary>How much memory they have, in bytes.</summary>
    public long MemoryBytes => Interlocked.Read(ref _memory);

    /// <summary>The processor time that is left now; negative when it is overdrawn.</summary>
    public TimeSpan ProcessorBalance => _processor.Balance;

    /// <summary>Whether the account says nothing any more that a new one would not.</summary>
    public bool IsRested => InFlight == 0 && MemoryBytes == 0 && _processor.IsRested;

    /// <summary>Lets one run in; every run let in leaves with <see cref="Exit"/>.</summary>
    /// <returns>Why it was not let in; <see langword="null"/> when it was.</returns>
    public Fault? TryEnter()
    {
        if (!_processor.HasTime(out var retryAfter))
        {
            return OutOfProcessorTime() with { RetryAfter = retryAfter };
        }

        return _runs.TryEnter() ? null : new Fault(FaultKind.TenantSaturated, $"The tenant already runs {limits.Concurrency} handlers and scripts.")
        {
            RetryAfter = FullRetryAfter,
        };
    }

    /// <summary>A run that was let in is over.</summary>
    public void Exit() => _runs.Exit();

    /// <summary>Does work on this thread that is paid for by the tenant and not stopped, such as loading.</summary>
    public void Work(Action work)
    {
        var key = new object();
        _processor.Begin(key, stop: null);
        try
        {
            work();
        }
        finally
        {
            _processor.End(key);
        }
    }

    /// <summary>The fault of a run that was stopped, or not let in, because the tenant has no processor time left.</summary>
    public static Fault OutOfProcessorTime() => new(FaultKind.TenantCpuExceeded, "The tenant has used up its processor time.")
    {
        RetryAfter = FullRetryAfter,
    };

    /// <summary>The fault of a run that was refused memory because the tenant has no more.</summary>
    public static Fault OutOfMemory() => new(FaultKind.TenantOutOfMemory, "The tenant has used up its memory.")
    {
        RetryAfter = FullRetryAfter,
    };

    /// <inheritdoc/>
    public bool TryTakeMemory(long bytes)
    {
        if (Interlocked.Add(ref _memory, bytes) <= _maxMemory)
        {
            return true;
        }

        Interlocked.Add(ref _memory, -bytes);
        return false;
    }

    /// <inheritdoc/>
    public void ReturnMemory(long bytes) => Interlocked.Add(ref _memory, -bytes);

    /// <inheritdoc/>
    public void BeginUse(Store store) => _processor.Begin(store, store.StopForOwner);

    /// <inheritdoc/>
    public void EndUse(Store store) => _processor.End(store);

    /// <inheritdoc/>
    public void Dispose() => _processor.Dispose();
}
