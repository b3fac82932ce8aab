using Mik.Wasi.Filesystem;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Filesystem;

public sealed class PreopensTests
{
    [Fact]
    public void There_are_none_by_default()
    {
        using var guest = new Guest();

        Assert.Empty(guest.Call("wasi:filesystem/preopens#get-directories").AsValues.ToArray());
    }

    [Fact]
    public void Each_mount_is_one()
    {
        using var mounted = new MountedDirectory();
        using var guest = new Guest(new WasiContext { Mounts = [new Mount(mounted.Inside, "/a", false), new Mount(mounted.Outside, "/b", true)] });

        var directories = guest.Call("wasi:filesystem/preopens#get-directories").AsValues.ToArray();

        Assert.Equal(["/a", "/b"], directories.Select(pair => pair.AsValues[1].AsString));
        Assert.Equal([1UL, 33UL], directories.Select(pair => Guest.Ok(mounted.Call("get-flags", pair.AsValues[0])).Bits));
    }

    [Fact]
    public void A_mount_that_has_gone_stops_the_guest()
    {
        Assert.SkipUnless(Mount.IsSupported, "mounts need Linux");
        using var guest = new Guest(new WasiContext { Mounts = [new Mount("/nowhere/at/all", "/a", false)] });

        var trap = Assert.Throws<TrapException>(() => guest.Call("wasi:filesystem/preopens#get-directories"));

        Assert.Contains("/a cannot be opened: no-entry", trap.Message, StringComparison.Ordinal);
    }
}
