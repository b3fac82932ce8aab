namespace Mik.Wasm.Binary;

/// <summary>A section's number in the binary.</summary>
// spec: binary-section
internal enum SectionId : byte
{
    Custom,
    Type,
    Import,
    Function,
    Table,
    Memory,
    Global,
    Export,
    Start,
    Element,
    Code,
    Data,
    DataCount,
    Tag,
}
