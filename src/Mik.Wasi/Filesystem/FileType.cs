namespace Mik.Wasi.Filesystem;

/// <summary>Which kind a file is, in WIT's order. wit: wasi:filesystem/types#descriptor-type</summary>
internal enum FileType
{
    Unknown,
    BlockDevice,
    CharacterDevice,
    Directory,
    Fifo,
    SymbolicLink,
    RegularFile,
    Socket,
}
