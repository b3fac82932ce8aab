using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Filesystem;

/// <summary>The directories a guest starts with: those that are mounted for it. wit: wasi:filesystem/preopens</summary>
internal static class Preopens
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:filesystem/preopens")
        .Func("get-directories", GetDirectories, List(Tuple(Own(Descriptor.Type), WitType.String)));

    // wit: wasi:filesystem/preopens#get-directories
    internal static ComponentValue GetDirectories(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var context = WasiContext.Of(state);
        var directories = new List<ComponentValue>(context.Mounts.Count);
        foreach (var mount in context.Mounts)
        {
            // There is no error to give. A guest that goes on without a directory it was promised does worse than one that stops.
            if (Posix.Open(mount.HostPath, Posix.ReadOnly | Posix.Directory, out var handle) is not 0 and var error)
            {
                throw new TrapException(TrapCode.HostRefused, $"the mount {mount.GuestPath} cannot be opened: {Errno.Names[Errno.CaseOf(error)]}");
            }

            var opened = OpenFile.TryAdopt(context, handle)
                ?? throw new TrapException(TrapCode.HostRefused, $"the guest has more than {context.Limits.MaxOpenFiles} files open");
            var rights = DescriptorRights.Read | (mount.IsWritable ? DescriptorRights.MutateDirectory : DescriptorRights.None);
            var root = new Descriptor(context, opened, FileType.Directory, rights);
            directories.Add(ComponentValue.Values(root.ToValue(), ComponentValue.String(mount.GuestPath)));
        }

        return ComponentValue.Values([.. directories]);
    }
}
