using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Filesystem;

/// <summary>The directories a guest starts with: none. wit: wasi:filesystem/preopens</summary>
internal static class Preopens
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:filesystem/preopens")
        .Func("get-directories", GetDirectories, List(Tuple(Own(FilesystemTypes.Descriptor), WitType.String)));

    // wit: wasi:filesystem/preopens#get-directories
    internal static ComponentValue GetDirectories(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.Values();
}
