using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Clocks;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Filesystem;

/// <summary>Files and directories, below the mounts a handler has. wit: wasi:filesystem/types</summary>
internal static class FilesystemTypes
{
    public static WasiInterface Interface { get; } = Define();

    private static WasiInterface Define()
    {
        var errorCode = Enum(Errno.Names);
        var descriptorType = Enum(
            "unknown", "block-device", "character-device", "directory", "fifo", "symbolic-link", "regular-file", "socket");
        var descriptorFlags = Flags(
            "read", "write", "file-integrity-sync", "data-integrity-sync", "requested-write-sync", "mutate-directory");
        var pathFlags = Flags("symlink-follow");
        var openFlags = Flags("create", "directory", "exclusive", "truncate");
        var advice = Enum("normal", "sequential", "random", "will-need", "dont-need", "no-reuse");
        var timestamp = Option(WallClock.DateTime);
        var stat = Record(
            new("type", descriptorType),
            new("link-count", U64),
            new("size", U64),
            new("data-access-timestamp", timestamp),
            new("data-modification-timestamp", timestamp),
            new("status-change-timestamp", timestamp));
        var newTimestamp = Variant(new("no-change", null), new("now", null), new("timestamp", WallClock.DateTime));
        var hash = Record(new("lower", U64), new("upper", U64));
        var entry = Record(new("type", descriptorType), new("name", WitType.String));

        var self = new WitField("self", Borrow(Descriptor.Type));
        var offset = new WitField("offset", U64);
        var path = new WitField("path", WitType.String);
        var followPath = new WitField("path-flags", pathFlags);
        var oldPath = new WitField("old-path", WitType.String);
        var newPath = new WitField("new-path", WitType.String);
        var newDescriptor = new WitField("new-descriptor", Borrow(Descriptor.Type));
        var accessTime = new WitField("data-access-timestamp", newTimestamp);
        var modificationTime = new WitField("data-modification-timestamp", newTimestamp);

        WitType Fallible(WitType? ok) => Result(ok, errorCode);

        return new WasiInterface("wasi:filesystem/types")
            .Resource(Descriptor.Type)
            .Resource(DirectoryEntryStream.Type)
            .Func("[method]descriptor.read-via-stream", Descriptor.ReadViaStream, Fallible(Own(InputStream.Type)), self, offset)
            .Func("[method]descriptor.write-via-stream", Descriptor.WriteViaStream, Fallible(Own(OutputStream.Type)), self, offset)
            .Func("[method]descriptor.append-via-stream", Descriptor.AppendViaStream, Fallible(Own(OutputStream.Type)), self)
            .Func("[method]descriptor.advise", Descriptor.Advise, Fallible(null), self, offset, new("length", U64), new("advice", advice))
            .Func("[method]descriptor.sync-data", Descriptor.SyncData, Fallible(null), self)
            .Func("[method]descriptor.get-flags", Descriptor.GetFlags, Fallible(descriptorFlags), self)
            .Func("[method]descriptor.get-type", Descriptor.GetFileType, Fallible(descriptorType), self)
            .Func("[method]descriptor.set-size", Descriptor.SetSize, Fallible(null), self, new("size", U64))
            .Func("[method]descriptor.set-times", Descriptor.SetTimes, Fallible(null), self, accessTime, modificationTime)
            .Func("[method]descriptor.read", Descriptor.Read, Fallible(Tuple(List(U8), Bool)), self, new("length", U64), offset)
            .Func("[method]descriptor.write", Descriptor.Write, Fallible(U64), self, new("buffer", List(U8)), offset)
            .Func("[method]descriptor.read-directory", Descriptor.ReadDirectory, Fallible(Own(DirectoryEntryStream.Type)), self)
            .Func("[method]descriptor.sync", Descriptor.Sync, Fallible(null), self)
            .Func("[method]descriptor.create-directory-at", Descriptor.CreateDirectoryAt, Fallible(null), self, path)
            .Func("[method]descriptor.stat", Descriptor.Stat, Fallible(stat), self)
            .Func("[method]descriptor.stat-at", Descriptor.StatAt, Fallible(stat), self, followPath, path)
            .Func("[method]descriptor.set-times-at", Descriptor.SetTimesAt, Fallible(null), self, followPath, path, accessTime, modificationTime)
            .Func("[method]descriptor.link-at", Descriptor.LinkAt, Fallible(null), self, new("old-path-flags", pathFlags), oldPath, newDescriptor, newPath)
            .Func("[method]descriptor.open-at", Descriptor.OpenAt, Fallible(Own(Descriptor.Type)), self, followPath, path, new("open-flags", openFlags), new("flags", descriptorFlags))
            .Func("[method]descriptor.readlink-at", Descriptor.ReadlinkAt, Fallible(WitType.String), self, path)
            .Func("[method]descriptor.remove-directory-at", Descriptor.RemoveDirectoryAt, Fallible(null), self, path)
            .Func("[method]descriptor.rename-at", Descriptor.RenameAt, Fallible(null), self, oldPath, newDescriptor, newPath)
            .Func("[method]descriptor.symlink-at", Descriptor.SymlinkAt, Fallible(null), self, oldPath, newPath)
            .Func("[method]descriptor.unlink-file-at", Descriptor.UnlinkFileAt, Fallible(null), self, path)
            .Func("[method]descriptor.is-same-object", Descriptor.IsSameObject, Bool, self, new("other", Borrow(Descriptor.Type)))
            .Func("[method]descriptor.metadata-hash", Descriptor.MetadataHash, Fallible(hash), self)
            .Func("[method]descriptor.metadata-hash-at", Descriptor.MetadataHashAt, Fallible(hash), self, followPath, path)
            .Func("[method]directory-entry-stream.read-directory-entry", DirectoryEntryStream.ReadDirectoryEntry, Fallible(Option(entry)), new WitField("self", Borrow(DirectoryEntryStream.Type)))
            .Func("filesystem-error-code", FilesystemErrorCode, Option(errorCode), new WitField("err", Borrow(IoError.Type)));
    }

    // wit: wasi:filesystem/types#filesystem-error-code
    internal static ComponentValue FilesystemErrorCode(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        arguments[0].AsResource<IoError>().File is { } error ? ComponentValue.Some(ComponentValue.OfCase(Errno.CaseOf(error))) : ComponentValue.None;
}
