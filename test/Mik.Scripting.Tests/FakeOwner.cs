using System.Collections.Concurrent;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Tests;

/// <summary>Owns stores, counts what they take, and stops them at the test's word. Thread-safe.</summary>
internal sealed class FakeOwner : IStoreOwner
{
    private readonly ConcurrentDictionary<Store, int> _running = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _taken;
    private int _entries;
    private int _mostInside;

    public long Limit { get; set; } = long.MaxValue;

    public bool StopsWhoeverEnters { get; set; }

    public long Taken => Interlocked.Read(ref _taken);

    public int Inside => _running.Count;

    /// <summary>How many were inside together at most.</summary>
    public int MostInside => Volatile.Read(ref _mostInside);

    public int Entries => Volatile.Read(ref _entries);

    /// <summary>Somebody has entered.</summary>
    public Task Entered => _entered.Task;

    /// <summary>Stops everybody who is inside.</summary>
    public void Stop()
    {
        foreach (var store in _running.Keys)
        {
            store.StopForOwner();
        }
    }

    public bool TryTakeMemory(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= Limit)
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void ReturnMemory(long bytes) => Interlocked.Add(ref _taken, -bytes);

    public void BeginUse(Store store)
    {
        _running[store] = 0;
        Interlocked.Increment(ref _entries);
        _mostInside = Math.Max(_mostInside, _running.Count);
        _entered.TrySetResult();
        if (StopsWhoeverEnters)
        {
            store.StopForOwner();
        }
    }

    public void EndUse(Store store) => _running.TryRemove(store, out _);
}
