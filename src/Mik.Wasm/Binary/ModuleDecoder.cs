namespace Mik.Wasm.Binary;

/// <summary>Reads the binary format. Checks everything the specification calls malformed, nothing it calls invalid.</summary>
// spec: binary-module
internal static class ModuleDecoder
{
    /// <exception cref="Runtime.ModuleFormatException">The bytes are malformed.</exception>
    public static ModuleDefinition Decode(ReadOnlyMemory<byte> bytes) => throw new NotImplementedException(bytes.ToString());
}
