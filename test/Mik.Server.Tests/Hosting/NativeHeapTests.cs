using System.Runtime.InteropServices;
using Mik.Server.Hosting;
using Xunit;

namespace Mik.Server.Tests.Hosting;

public sealed class NativeHeapTests
{
    [Fact]
    public void Returning_what_is_free_leaves_what_is_not()
    {
        var bytes = new byte[1 << 16];
        Array.Fill(bytes, (byte)7);
        var used = Marshal.AllocHGlobal(bytes.Length);
        Marshal.Copy(bytes, 0, used, bytes.Length);
        Marshal.FreeHGlobal(Marshal.AllocHGlobal(bytes.Length));

        NativeHeap.ReturnFree();
        NativeHeap.ReturnFree();

        var read = new byte[bytes.Length];
        Marshal.Copy(used, read, 0, read.Length);
        Marshal.FreeHGlobal(used);
        Assert.Equal(bytes, read);
    }
}
