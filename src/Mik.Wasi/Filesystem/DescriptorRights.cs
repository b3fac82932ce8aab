namespace Mik.Wasi.Filesystem;

/// <summary>What a descriptor allows. Bits as in wit: wasi:filesystem/types#descriptor-flags</summary>
[Flags]
internal enum DescriptorRights
{
    None = 0,
    Read = 1 << 0,
    Write = 1 << 1,
    FileIntegritySync = 1 << 2,
    DataIntegritySync = 1 << 3,
    RequestedWriteSync = 1 << 4,
    MutateDirectory = 1 << 5,
}
