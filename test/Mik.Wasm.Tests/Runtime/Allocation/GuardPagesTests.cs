using System.Runtime.CompilerServices;
using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed class GuardPagesTests
{
    [Fact]
    public void A_fault_in_the_arena_is_an_ordinary_exception()
    {
        Assert.SkipUnless(GuardPages.IsAvailable, "guard pages need Linux on x86-64");

        Assert.Throws<NullReferenceException>(() => Read(GuardPages.ArenaStart + (nint)GuardPages.ArenaLength - 1));
        Assert.Throws<NullReferenceException>(() => Write(GuardPages.ArenaStart + (nint)GuardPages.ArenaLength - 4096));
    }

    [Fact]
    public void An_ordinary_null_dereference_still_works()
    {
        Assert.SkipUnless(GuardPages.IsAvailable, "guard pages need Linux on x86-64");
        string? nothing = null;

        Assert.Throws<NullReferenceException>(() => nothing!.Length);
    }

    [Fact]
    public void Faults_on_many_threads_during_collections_are_all_caught()
    {
        Assert.SkipUnless(GuardPages.IsAvailable, "guard pages need Linux on x86-64");
        const int FaultsPerThread = 2_000;
        var caught = 0;

        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < FaultsPerThread; i++)
            {
                try
                {
                    // From the end: other tests commit slots at the start.
                    Read(GuardPages.ArenaStart + (nint)GuardPages.ArenaLength - 1 - (i * 4096));
                }
                catch (NullReferenceException)
                {
                    Interlocked.Increment(ref caught);
                }

                GC.KeepAlive(new byte[256]);
            }
        })).ToArray();
        Array.ForEach(threads, static t => t.Start());
        while (threads.Any(static t => t.IsAlive))
        {
            GC.Collect();
            Array.ForEach(threads, static t => t.Join(1));
        }

        Assert.Equal(4 * FaultsPerThread, caught);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe byte Read(nint address) => *(byte*)address;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Write(nint address) => *(byte*)address = 1;
}
