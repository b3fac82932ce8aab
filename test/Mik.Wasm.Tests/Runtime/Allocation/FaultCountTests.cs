using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed unsafe class FaultCountTests
{
    private const int PageSize = 4096;

    [Fact]
    public void The_first_write_to_a_page_is_always_noticed()
    {
        Assert.SkipUnless(FaultCount.IsAvailable, "needs getrusage(RUSAGE_THREAD), Linux");
        const int Pages = 256;
        using var image = MemoryImage.TryCreate(Content(Pages), Pages * PageSize)!;
        var address = VirtualPages.Reserve(Pages * PageSize);
        image.MapAt(address);
        var count = FaultCount.OfThread;
        count.Look();
        for (var page = 0; page < Pages; page++)
        {
            if (page % 2 == 0)
            {
                // Then it is there already, but shared with the image.
                Assert.Equal(1, *(byte*)(address + (page * PageSize)));
                count.Look();
            }

            var before = count.Changes;
            *(byte*)(address + (page * PageSize)) = 2;

            Assert.NotEqual(before, count.Look());
        }

        VirtualPages.Release(address, Pages * PageSize);
    }

    [Fact]
    public void Writing_a_page_again_is_no_change()
    {
        Assert.SkipUnless(FaultCount.IsAvailable, "needs getrusage(RUSAGE_THREAD), Linux");
        var address = VirtualPages.Reserve(PageSize);
        Assert.True(VirtualPages.Commit(address, PageSize));
        *(byte*)address = 1;
        var count = FaultCount.OfThread;

        // The runtime takes faults of its own now and then.
        Assert.Contains(Enumerable.Range(0, 1000), _ =>
        {
            var before = count.Look();
            *(byte*)address = 2;
            return count.Look() == before;
        });
        VirtualPages.Release(address, PageSize);
    }

    [Fact]
    public void Every_thread_has_its_own()
    {
        var here = FaultCount.OfThread;
        FaultCount? there = null;
        var thread = new Thread(() => there = FaultCount.OfThread);
        thread.Start();
        thread.Join();

        Assert.NotSame(here, there);
        Assert.Same(here, FaultCount.OfThread);
    }

    private static nint Content(int pages)
    {
        var content = VirtualPages.Reserve((nuint)pages * PageSize);
        Assert.True(VirtualPages.Commit(content, (nuint)pages * PageSize));
        new Span<byte>((void*)content, pages * PageSize).Fill(1);
        return content;
    }
}
