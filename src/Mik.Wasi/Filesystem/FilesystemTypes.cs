using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Clocks;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Filesystem;

/// <summary>
/// Files, of which there are none: no descriptor is ever handed out, so a guest that links these functions (every libc does) has
/// nothing to call them with. wit: wasi:filesystem/types
/// </summary>
internal static class FilesystemTypes
{
    public static HostResourceType Descriptor { get; } = new("descriptor");

    public static WasiInterface Interface { get; } = Define();

    private static WasiInterface Define()
    {
        var entries = new HostResourceType("directory-entry-stream");
        var errorCode = Enum(
            "access", "would-block", "already", "bad-descriptor", "busy", "deadlock", "quota", "exist", "file-too-large",
            "illegal-byte-sequence", "in-progress", "interrupted", "invalid", "io", "is-directory", "loop", "too-many-links",
            "message-size", "name-too-long", "no-device", "no-entry", "no-lock", "insufficient-memory", "insufficient-space",
            "not-directory", "not-empty", "not-recoverable", "unsupported", "no-tty", "no-such-device", "overflow",
            "not-permitted", "pipe", "read-only", "invalid-seek", "text-file-busy", "cross-device");
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

        var self = new WitField("self", Borrow(Descriptor));
        var offset = new WitField("offset", U64);
        var path = new WitField("path", WitType.String);
        var followPath = new WitField("path-flags", pathFlags);
        var oldPath = new WitField("old-path", WitType.String);
        var newPath = new WitField("new-path", WitType.String);
        var newDescriptor = new WitField("new-descriptor", Borrow(Descriptor));
        var accessTime = new WitField("data-access-timestamp", newTimestamp);
        var modificationTime = new WitField("data-modification-timestamp", newTimestamp);

        WitType Fallible(WitType? ok) => Result(ok, errorCode);

        return new WasiInterface("wasi:filesystem/types")
            .Resource(Descriptor)
            .Resource(entries)
            .Func("[method]descriptor.read-via-stream", Refuse, Fallible(Own(InputStream.Type)), self, offset)
            .Func("[method]descriptor.write-via-stream", Refuse, Fallible(Own(OutputStream.Type)), self, offset)
            .Func("[method]descriptor.append-via-stream", Refuse, Fallible(Own(OutputStream.Type)), self)
            .Func("[method]descriptor.advise", Refuse, Fallible(null), self, offset, new("length", U64), new("advice", advice))
            .Func("[method]descriptor.sync-data", Refuse, Fallible(null), self)
            .Func("[method]descriptor.get-flags", Refuse, Fallible(descriptorFlags), self)
            .Func("[method]descriptor.get-type", Refuse, Fallible(descriptorType), self)
            .Func("[method]descriptor.set-size", Refuse, Fallible(null), self, new("size", U64))
            .Func("[method]descriptor.set-times", Refuse, Fallible(null), self, accessTime, modificationTime)
            .Func("[method]descriptor.read", Refuse, Fallible(Tuple(List(U8), Bool)), self, new("length", U64), offset)
            .Func("[method]descriptor.write", Refuse, Fallible(U64), self, new("buffer", List(U8)), offset)
            .Func("[method]descriptor.read-directory", Refuse, Fallible(Own(entries)), self)
            .Func("[method]descriptor.sync", Refuse, Fallible(null), self)
            .Func("[method]descriptor.create-directory-at", Refuse, Fallible(null), self, path)
            .Func("[method]descriptor.stat", Refuse, Fallible(stat), self)
            .Func("[method]descriptor.stat-at", Refuse, Fallible(stat), self, followPath, path)
            .Func("[method]descriptor.set-times-at", Refuse, Fallible(null), self, followPath, path, accessTime, modificationTime)
            .Func("[method]descriptor.link-at", Refuse, Fallible(null), self, new("old-path-flags", pathFlags), oldPath, newDescriptor, newPath)
            .Func("[method]descriptor.open-at", Refuse, Fallible(Own(Descriptor)), self, followPath, path, new("open-flags", openFlags), new("flags", descriptorFlags))
            .Func("[method]descriptor.readlink-at", Refuse, Fallible(WitType.String), self, path)
            .Func("[method]descriptor.remove-directory-at", Refuse, Fallible(null), self, path)
            .Func("[method]descriptor.rename-at", Refuse, Fallible(null), self, oldPath, newDescriptor, newPath)
            .Func("[method]descriptor.symlink-at", Refuse, Fallible(null), self, oldPath, newPath)
            .Func("[method]descriptor.unlink-file-at", Refuse, Fallible(null), self, path)
            .Func("[method]descriptor.is-same-object", IsSameObject, Bool, self, new("other", Borrow(Descriptor)))
            .Func("[method]descriptor.metadata-hash", Refuse, Fallible(hash), self)
            .Func("[method]descriptor.metadata-hash-at", Refuse, Fallible(hash), self, followPath, path)
            .Func("[method]directory-entry-stream.read-directory-entry", Refuse, Fallible(Option(entry)), new WitField("self", Borrow(entries)))
            .Func("filesystem-error-code", FilesystemErrorCode, Option(errorCode), new WitField("err", Borrow(IoError.Type)));
    }

    // Every function whose result can fail answers bad-descriptor.
    private static ComponentValue Refuse(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        const int badDescriptor = 3;
        return ComponentValue.Error(ComponentValue.OfCase(badDescriptor));
    }

    // wit: wasi:filesystem/types#descriptor.is-same-object
    private static ComponentValue IsSameObject(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.Bool(false);

    // wit: wasi:filesystem/types#filesystem-error-code. No stream here comes from a file.
    private static ComponentValue FilesystemErrorCode(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.None;
}
