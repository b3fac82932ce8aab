using Mik.Components.Runtime;
using Mik.Wasi.Filesystem;

namespace Mik.Wasi.Tests.Filesystem;

/// <summary>
/// A directory of the host that is mounted for a guest, with something beside it that the guest must never reach. The mount is
/// <c>inside</c>, the secret is <c>outside/secret</c>.
/// </summary>
internal sealed class MountedDirectory : IDisposable
{
    private const string Types = "wasi:filesystem/types#";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-mount-");

    public MountedDirectory(bool isWritable = true, WasiLimits? limits = null)
    {
        Assert.SkipUnless(Mount.IsSupported, "mounts need Linux");
        Inside = _directory.CreateSubdirectory("inside").FullName;
        File.WriteAllText(Path.Combine(_directory.CreateSubdirectory("outside").FullName, "secret"), "secret");
        Guest = new Guest(new WasiContext { Mounts = [new Mount(Inside, "/data", isWritable)], Limits = limits ?? new WasiLimits() });
        Root = guestRoot();

        ComponentValue guestRoot() => Guest.Call("wasi:filesystem/preopens#get-directories").AsValues[0].AsValues[0];
    }

    public string Inside { get; }

    public string Outside => Path.Combine(_directory.FullName, "outside");

    public Guest Guest { get; }

    public ComponentValue Root { get; }

    /// <summary>A result's error code by WIT's name, or <c>ok</c>.</summary>
    public static string Outcome(ComponentValue result) => result.Case == 0 ? "ok" : Errno.Names[result.Payload.Case];

    public static ComponentValue Flags(params ReadOnlySpan<int> bits)
    {
        var flags = 0UL;
        foreach (var bit in bits)
        {
            flags |= 1UL << bit;
        }

        return ComponentValue.Scalar(flags);
    }

    public ComponentValue Call(string method, params ComponentValue[] arguments) => Guest.Call($"{Types}[method]descriptor.{method}", arguments);

    /// <summary>Opens for reading, or also for writing and creating, following links unless told otherwise.</summary>
    public ComponentValue Open(string path, bool write = false, bool follow = true, int[]? how = null, ComponentValue? directory = null) => Call(
        "open-at",
        directory ?? Root,
        Flags(follow ? [0] : []),
        Guest.Text(path),
        Flags(how ?? (write ? [0] : [])),
        Flags(write ? [0, 1] : [0]));

    public string Write(string path, string text)
    {
        var file = Path.Combine(Inside, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public void Link(string path, string target) => File.CreateSymbolicLink(Path.Combine(Inside, path), target);

    public string ReadAll(ComponentValue file)
    {
        var read = Guest.Ok(Call("read", file, ComponentValue.U64(1000), ComponentValue.U64(0)));
        return Guest.TextOf(read.AsValues[0]);
    }

    public void Dispose()
    {
        Guest.Dispose();
        _directory.Delete(recursive: true);
    }
}
