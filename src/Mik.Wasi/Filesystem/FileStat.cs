using System.Buffers.Binary;
using Mik.Components.Runtime;

namespace Mik.Wasi.Filesystem;

/// <summary>What the system knows about a file.</summary>
/// <param name="Type">Which kind it is.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Device">The file system it is on.</param>
/// <param name="Node">Its number there.</param>
/// <param name="Accessed">When it was read.</param>
/// <param name="Modified">When its contents changed.</param>
/// <param name="Changed">When anything about it changed.</param>
internal readonly record struct FileStat(
    FileType Type, uint Links, ulong Size, ulong Device, ulong Node, FileTime Accessed, FileTime Modified, FileTime Changed)
{
    /// <summary>The size of the system's own record (<c>struct statx</c>), which is the same on every architecture.</summary>
    public const int Bytes = 256;

    public static FileStat From(ReadOnlySpan<byte> record) => new(
        TypeOf(BinaryPrimitives.ReadUInt16LittleEndian(record[28..]) >> 12),
        BinaryPrimitives.ReadUInt32LittleEndian(record[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(record[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(record[136..]),
        BinaryPrimitives.ReadUInt64LittleEndian(record[32..]),
        FileTime.From(record[64..]),
        FileTime.From(record[112..]),
        FileTime.From(record[96..]));

    /// <summary>The kind of file by the system's number. linux: directories hold it as it is, a mode in its upper four bits.</summary>
    public static FileType TypeOf(int number) => number switch
    {
        1 => FileType.Fifo,
        2 => FileType.CharacterDevice,
        4 => FileType.Directory,
        6 => FileType.BlockDevice,
        8 => FileType.RegularFile,
        10 => FileType.SymbolicLink,
        12 => FileType.Socket,
        _ => FileType.Unknown,
    };

    // wit: wasi:filesystem/types#descriptor-stat
    public ComponentValue ToValue() => ComponentValue.Values(
        ComponentValue.OfCase((int)Type),
        ComponentValue.U64(Links),
        ComponentValue.U64(Size),
        Accessed.ToValue(),
        Modified.ToValue(),
        Changed.ToValue());
}
