using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed unsafe class PageScanTests
{
    [Fact]
    public void Exactly_the_written_pages_are_found_in_ascending_runs()
    {
        Assert.SkipUnless(PageScan.IsAvailable, "needs PAGEMAP_SCAN, Linux 6.7 or later");
        const int Pages = 512;
        var address = VirtualPages.Reserve(Pages * 4096);
        Assert.True(VirtualPages.Commit(address, Pages * 4096));
        var expected = new List<int>();
        for (var page = 3; page < Pages; page += 5)
        {
            *(byte*)(address + (page * 4096)) = 1;
            expected.Add(page);
        }

        var found = new List<int>();
        var scan = new PageScan(address, Pages * 4096);
        while (scan.Next(out var start, out var length))
        {
            for (var at = start; at < start + (nint)length; at += 4096)
            {
                found.Add((int)((at - address) / 4096));
            }
        }

        Assert.Equal(expected, found);
        VirtualPages.Release(address, Pages * 4096);
    }
}
