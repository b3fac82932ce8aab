using System.Text;
using Microsoft.Win32.SafeHandles;
using Mik.Components.Runtime;

namespace Mik.Wasi.Filesystem;

// What takes a path. The walk ends at the directory that the last name is in, and the call is made there: never with more than one name.
internal sealed partial class Descriptor
{
    private const ulong FollowLinks = 1;

    private const ulong OpenCreate = 1;
    private const ulong OpenDirectory = 2;
    private const ulong OpenExclusive = 4;
    private const ulong OpenTruncate = 8;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // wit: wasi:filesystem/types#descriptor.create-directory-at
    internal static ComponentValue CreateDirectoryAt(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        Of(arguments).Change(arguments[1].AsString, follow: false, static (walk, _) => Posix.MakeDirectoryAt(walk.Directory, walk.Name), 0);

    // wit: wasi:filesystem/types#descriptor.stat-at
    internal static ComponentValue StatAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = Of(arguments).Look(arguments[2].AsString, arguments[1].Bits, out var stat);
        return error != 0 ? Fail(error) : ComponentValue.Ok(stat.ToValue());
    }

    // wit: wasi:filesystem/types#descriptor.set-times-at
    internal static ComponentValue SetTimesAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        if (FileTime.From(arguments[3]) is not { } accessed || FileTime.From(arguments[4]) is not { } modified)
        {
            return Fail(Errno.Invalid);
        }

        return Of(arguments).Change(
            arguments[2].AsString,
            arguments[1].Bits == FollowLinks,
            static (walk, times) => RequireDirectory(walk) is var error and not 0
                ? error
                : Posix.SetTimesAt(walk.Directory, walk.Name, times.accessed, times.modified),
            (accessed, modified));
    }

    // wit: wasi:filesystem/types#descriptor.link-at
    internal static ComponentValue LinkAt(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).Join(
        arguments[2].AsString,
        arguments[1].Bits == FollowLinks,
        arguments[3].AsResource<Descriptor>(),
        arguments[4].AsString,
        static (from, to) => to.NamesDirectory ? Errno.NoEntry : Posix.LinkAt(from.Directory, from.Name, to.Directory, to.Name));

    // wit: wasi:filesystem/types#descriptor.open-at
    internal static ComponentValue OpenAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var (path, how) = (arguments[2].AsString, arguments[3].Bits);
        var wanted = (DescriptorRights)arguments[4].Bits;
        if (!self.IsDirectory)
        {
            return Fail(Errno.NotDirectory);
        }

        var changes = (how & (OpenCreate | OpenTruncate)) != 0 || (wanted & (DescriptorRights.Write | DescriptorRights.MutateDirectory)) != 0;
        if (changes && !self.Rights.HasFlag(DescriptorRights.MutateDirectory))
        {
            return Fail(Errno.ReadOnly);
        }

        var follow = arguments[1].Bits == FollowLinks && (how & OpenExclusive) == 0;
        var error = PathWalk.To(self.File.Handle, path, follow, out var walk);
        using (walk)
        {
            SafeFileHandle? handle = null;
            error = error != 0 ? error : Posix.OpenAt(walk.Directory, walk.Name, SystemFlags(how, wanted, walk.NamesDirectory), out handle);
            return error != 0 ? Fail(error) : self.Adopt(handle!, wanted);
        }
    }

    // wit: wasi:filesystem/types#descriptor.readlink-at
    internal static ComponentValue ReadlinkAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        byte[] target = [];
        var error = Of(arguments).At(arguments[1].AsString, follow: false, walk => Posix.ReadLinkAt(walk.Directory, walk.Name, out target));
        if (error != 0)
        {
            return Fail(error);
        }

        try
        {
            return target is [(byte)'/', ..] ? Fail(Errno.NotPermitted) : ComponentValue.Ok(ComponentValue.String(Strict.GetString(target)));
        }
        catch (DecoderFallbackException)
        {
            return Fail(Errno.IllegalBytes);
        }
    }

    // wit: wasi:filesystem/types#descriptor.remove-directory-at
    internal static ComponentValue RemoveDirectoryAt(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).Change(
        arguments[1].AsString, follow: false, static (walk, _) => Posix.UnlinkAt(walk.Directory, walk.Name, Posix.RemoveDirectory), 0);

    // wit: wasi:filesystem/types#descriptor.rename-at
    internal static ComponentValue RenameAt(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).Join(
        arguments[1].AsString,
        follow: false,
        arguments[2].AsResource<Descriptor>(),
        arguments[3].AsString,
        static (from, to) => to.NamesDirectory && Posix.StatAt(from.Directory, from.Name, out var stat) == 0 && stat.Type != FileType.Directory
            ? Errno.NotDirectory
            : Posix.RenameAt(from.Directory, from.Name, to.Directory, to.Name));

    // wit: wasi:filesystem/types#descriptor.symlink-at
    internal static ComponentValue SymlinkAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var target = arguments[1].AsString;
        if (target.StartsWith('/'))
        {
            return Fail(Errno.NotPermitted);
        }

        return target.Contains('\0', StringComparison.Ordinal)
            ? Fail(Errno.Invalid)
            : Of(arguments).Change(
                arguments[2].AsString,
                follow: false,
                static (walk, target) => walk.NamesDirectory ? Errno.NoEntry : Posix.SymbolicLinkAt(target, walk.Directory, walk.Name),
                target);
    }

    // wit: wasi:filesystem/types#descriptor.unlink-file-at
    internal static ComponentValue UnlinkFileAt(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).Change(
        arguments[1].AsString,
        follow: false,
        static (walk, _) => RequireDirectory(walk) is var error and not 0 ? error : Posix.UnlinkAt(walk.Directory, walk.Name, 0),
        0);

    // wit: wasi:filesystem/types#descriptor.metadata-hash-at
    internal static ComponentValue MetadataHashAt(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = Of(arguments).Look(arguments[2].AsString, arguments[1].Bits, out var stat);
        return error != 0 ? Fail(error) : ComponentValue.Ok(HashOf(stat));
    }

    private static int SystemFlags(ulong how, DescriptorRights wanted, bool namesDirectory)
    {
        var flags = (wanted & (DescriptorRights.Read | DescriptorRights.Write)) switch
        {
            DescriptorRights.Write => Posix.WriteOnly,
            DescriptorRights.Read | DescriptorRights.Write => Posix.ReadWrite,
            _ => Posix.ReadOnly,
        };
        flags |= (how & OpenCreate) != 0 ? Posix.Create : 0;
        flags |= (how & OpenExclusive) != 0 ? Posix.Exclusive : 0;
        flags |= (how & OpenTruncate) != 0 ? Posix.Truncate : 0;
        flags |= (how & OpenDirectory) != 0 || namesDirectory ? Posix.Directory : 0;
        flags |= wanted.HasFlag(DescriptorRights.FileIntegritySync) ? Posix.FileSync : 0;
        flags |= (wanted & (DescriptorRights.DataIntegritySync | DescriptorRights.RequestedWriteSync)) != 0 ? Posix.DataSync : 0;

        // A pipe would hold up the guest's thread before anybody could see that it is one.
        return flags | Posix.NoFollow | Posix.NonBlocking | Posix.NoTerminal;
    }

    private static int RequireDirectory(PathWalk walk)
    {
        if (!walk.NamesDirectory)
        {
            return 0;
        }

        var error = Posix.StatAt(walk.Directory, walk.Name, out var stat);
        return error != 0 ? error : stat.Type == FileType.Directory ? 0 : Errno.NotDirectory;
    }

    private ComponentValue Adopt(SafeFileHandle handle, DescriptorRights wanted)
    {
        var error = Posix.Stat(handle, out var stat);
        if (error != 0 || stat.Type is not (FileType.Directory or FileType.RegularFile))
        {
            // Devices, pipes and sockets are not files that one can seek in, and open doors that a mount is not meant to.
            handle.Dispose();
            return Fail(error != 0 ? error : Errno.NotSupported);
        }

        var rights = stat.Type == FileType.Directory
            ? DescriptorRights.Read | (Rights & DescriptorRights.MutateDirectory)
            : (wanted & ~DescriptorRights.MutateDirectory) | ((wanted & DescriptorRights.Write) == 0 ? DescriptorRights.Read : 0);
        return OpenFile.TryAdopt(Context, handle) is { } opened
            ? ComponentValue.Ok(new Descriptor(Context, opened, stat.Type, rights).ToValue())
            : Fail(Errno.OutOfMemory);
    }

    private int Look(string path, ulong flags, out FileStat stat)
    {
        FileStat found = default;
        var error = At(path, flags == FollowLinks, walk =>
        {
            var error = Posix.StatAt(walk.Directory, walk.Name, out found);
            return error == 0 && walk.NamesDirectory && found.Type != FileType.Directory ? Errno.NotDirectory : error;
        });
        stat = found;
        return error;
    }

    private int At(string path, bool follow, Func<PathWalk, int> act)
    {
        if (!IsDirectory)
        {
            return Errno.NotDirectory;
        }

        var error = PathWalk.To(File.Handle, path, follow, out var walk);
        using (walk)
        {
            return error != 0 ? error : act(walk);
        }
    }

    private ComponentValue Change<T>(string path, bool follow, Func<PathWalk, T, int> act, T with)
    {
        if (IsDirectory && !Rights.HasFlag(DescriptorRights.MutateDirectory))
        {
            return Fail(Errno.ReadOnly);
        }

        return Done(At(path, follow, walk => act(walk, with)));
    }

    private ComponentValue Join(string path, bool follow, Descriptor other, string otherPath, Func<PathWalk, PathWalk, int> act)
    {
        // A name in a directory that may change is as good as the right to change what it names.
        var mayChange = Rights.HasFlag(DescriptorRights.MutateDirectory) && other.Rights.HasFlag(DescriptorRights.MutateDirectory);
        if (IsDirectory && other.IsDirectory && !mayChange)
        {
            return Fail(Errno.ReadOnly);
        }

        return Done(At(path, follow, from => other.At(otherPath, follow: false, to => act(from, to))));
    }
}
