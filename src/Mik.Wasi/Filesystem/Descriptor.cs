using System.Security.Cryptography;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;

namespace Mik.Wasi.Filesystem;

/// <summary>A file or directory below a mount that a guest has open. wit: wasi:filesystem/types#descriptor</summary>
/// <remarks>
/// What a descriptor allows only ever shrinks: a directory opened below one that must not change must not change either, whatever the
/// guest asks for, and files below it are opened for reading alone.
/// </remarks>
internal sealed partial class Descriptor(WasiContext context, OpenFile file, FileType type, DescriptorRights rights) : GuestResource(context)
{
    // The metadata of files reaches guests only through this key, which no other process has.
    private static readonly byte[] HashKey = RandomNumberGenerator.GetBytes(32);

    // wit order of `advice` → the system's. posix: posix_fadvise
    private static readonly int[] Advices = [0, 2, 1, 3, 4, 5];

    public static HostResourceType Type { get; } = TypeOf("descriptor");

    private bool IsDirectory => type == FileType.Directory;

    // wit: wasi:filesystem/types#descriptor.read-via-stream
    internal static ComponentValue ReadViaStream(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return self.CanRead(arguments[1].AsU64, out var error)
            ? ComponentValue.Ok(new FileInputStream(self.Context, self.File.Share(), (long)arguments[1].AsU64).ToValue())
            : Fail(error);
    }

    // wit: wasi:filesystem/types#descriptor.write-via-stream
    internal static ComponentValue WriteViaStream(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return self.CanWrite(arguments[1].AsU64, out var error)
            ? ComponentValue.Ok(new FileOutputStream(self.Context, self.File.Share(), (long)arguments[1].AsU64).ToValue())
            : Fail(error);
    }

    // wit: wasi:filesystem/types#descriptor.append-via-stream
    internal static ComponentValue AppendViaStream(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        if (!self.CanWrite(0, out var error))
        {
            return Fail(error);
        }

        // Only a file that is opened so appends in one step, also beside other writers.
        error = Posix.Reopen(self.File.Handle, Posix.WriteOnly | Posix.Append | Posix.NonBlocking, out var handle);
        return error != 0 ? Fail(error)
            : OpenFile.TryAdopt(self.Context, handle) is { } appending ? ComponentValue.Ok(new FileOutputStream(self.Context, appending, null).ToValue())
            : Fail(Errno.OutOfMemory);
    }

    // wit: wasi:filesystem/types#descriptor.advise
    internal static ComponentValue Advise(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var (offset, length) = (arguments[1].AsU64, arguments[2].AsU64);
        if (self.IsDirectory)
        {
            return Fail(Errno.BadDescriptor);
        }

        return offset > long.MaxValue || length > long.MaxValue
            ? Fail(Errno.Invalid)
            : Done(Posix.Advise(self.File.Handle, (long)offset, (long)length, Advices[arguments[3].Case]));
    }

    // wit: wasi:filesystem/types#descriptor.sync-data
    internal static ComponentValue SyncData(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).SyncTo(dataOnly: true);

    // wit: wasi:filesystem/types#descriptor.get-flags
    internal static ComponentValue GetFlags(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Ok(ComponentValue.Scalar((ulong)Of(arguments).Rights));

    // wit: wasi:filesystem/types#descriptor.get-type
    internal static ComponentValue GetFileType(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Ok(ComponentValue.OfCase((int)Of(arguments).FileType));

    // wit: wasi:filesystem/types#descriptor.set-size
    internal static ComponentValue SetSize(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return self.CanWrite(arguments[1].AsU64, out var error) ? Done(Posix.SetSize(self.File.Handle, (long)arguments[1].AsU64)) : Fail(error);
    }

    // wit: wasi:filesystem/types#descriptor.set-times
    internal static ComponentValue SetTimes(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        if (!self.Rights.HasFlag(self.IsDirectory ? DescriptorRights.MutateDirectory : DescriptorRights.Write))
        {
            return Fail(self.IsDirectory ? Errno.ReadOnly : Errno.BadDescriptor);
        }

        return FileTime.From(arguments[1]) is { } accessed && FileTime.From(arguments[2]) is { } modified
            ? Done(Posix.SetTimes(self.File.Handle, accessed, modified))
            : Fail(Errno.Invalid);
    }

    // wit: wasi:filesystem/types#descriptor.read
    internal static ComponentValue Read(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var (length, offset) = (arguments[1].AsU64, arguments[2].AsU64);
        if (!self.CanRead(offset, out var error))
        {
            return Fail(error);
        }

        var buffer = new byte[Math.Min(length, InputStream.MaxReadBytes)];
        error = Posix.Read(self.File.Handle, buffer, (long)offset, out var count);
        return error != 0
            ? Fail(error)
            : ComponentValue.Ok(ComponentValue.Values(ComponentValue.Bytes(buffer[..count]), ComponentValue.Bool(count == 0 && length > 0)));
    }

    // wit: wasi:filesystem/types#descriptor.write
    internal static ComponentValue Write(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        var bytes = arguments[1].AsBytes.Span;
        var offset = arguments[2].AsU64;
        if (!self.CanWrite(offset, out var error))
        {
            return Fail(error);
        }

        error = Posix.Write(self.File.Handle, bytes, (long)offset, out var count);
        return error != 0 ? Fail(error) : ComponentValue.Ok(ComponentValue.U64((ulong)count));
    }

    // wit: wasi:filesystem/types#descriptor.read-directory
    internal static ComponentValue ReadDirectory(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        if (!self.IsDirectory)
        {
            return Fail(Errno.NotDirectory);
        }

        // A position of its own, so that several streams do not disturb each other.
        var error = Posix.OpenAt(self.File.Handle, ".", Posix.ReadOnly | Posix.Directory, out var handle);
        return error != 0 ? Fail(error)
            : OpenFile.TryAdopt(self.Context, handle) is { } directory ? ComponentValue.Ok(new DirectoryEntryStream(self.Context, directory).ToValue())
            : Fail(Errno.OutOfMemory);
    }

    // wit: wasi:filesystem/types#descriptor.sync
    internal static ComponentValue Sync(object? state, ReadOnlySpan<ComponentValue> arguments) => Of(arguments).SyncTo(dataOnly: false);

    // wit: wasi:filesystem/types#descriptor.stat
    internal static ComponentValue Stat(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = Posix.Stat(Of(arguments).File.Handle, out var stat);
        return error != 0 ? Fail(error) : ComponentValue.Ok(stat.ToValue());
    }

    // wit: wasi:filesystem/types#descriptor.is-same-object
    internal static ComponentValue IsSameObject(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var other = arguments[1].AsResource<Descriptor>();
        return ComponentValue.Bool(
            Posix.Stat(Of(arguments).File.Handle, out var mine) == 0
            && Posix.Stat(other.File.Handle, out var its) == 0
            && (mine.Device, mine.Node) == (its.Device, its.Node));
    }

    // wit: wasi:filesystem/types#descriptor.metadata-hash
    internal static ComponentValue MetadataHash(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = Posix.Stat(Of(arguments).File.Handle, out var stat);
        return error != 0 ? Fail(error) : ComponentValue.Ok(HashOf(stat));
    }

    protected override void OnDrop() => file.Release();

    private OpenFile File => file;

    private FileType FileType => type;

    private DescriptorRights Rights => rights;

    private static Descriptor Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<Descriptor>();

    private static ComponentValue Fail(int error) => ComponentValue.Error(ComponentValue.OfCase(Errno.CaseOf(error)));

    private static ComponentValue Done(int error) => error == 0 ? ComponentValue.Ok() : Fail(error);

    // wit: wasi:filesystem/types#metadata-hash-value
    private static ComponentValue HashOf(in FileStat stat)
    {
        Span<byte> data = stackalloc byte[5 * sizeof(ulong)];
        BitConverter.TryWriteBytes(data, stat.Device);
        BitConverter.TryWriteBytes(data[8..], stat.Node);
        BitConverter.TryWriteBytes(data[16..], stat.Size);
        BitConverter.TryWriteBytes(data[24..], stat.Modified.Seconds);
        BitConverter.TryWriteBytes(data[32..], stat.Modified.Nanoseconds);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(HashKey, data, hash);
        return ComponentValue.Values(ComponentValue.U64(BitConverter.ToUInt64(hash)), ComponentValue.U64(BitConverter.ToUInt64(hash[8..])));
    }

    private bool CanRead(ulong offset, out int error)
    {
        error = IsDirectory || !Rights.HasFlag(DescriptorRights.Read) ? Errno.BadDescriptor : offset > long.MaxValue ? Errno.Invalid : 0;
        return error == 0;
    }

    private bool CanWrite(ulong offset, out int error)
    {
        error = IsDirectory || !Rights.HasFlag(DescriptorRights.Write) ? Errno.BadDescriptor : offset > long.MaxValue ? Errno.TooLarge : 0;
        return error == 0;
    }

    private ComponentValue SyncTo(bool dataOnly) =>
        Rights.HasFlag(DescriptorRights.Write) || Rights.HasFlag(DescriptorRights.MutateDirectory)
            ? Done(Posix.Sync(File.Handle, dataOnly))
            : ComponentValue.Ok();
}
