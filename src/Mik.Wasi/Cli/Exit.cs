using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Cli;

/// <summary>Ending early. wit: wasi:cli/exit</summary>
internal static class Exit
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:cli/exit")
        .Func("exit", ExitWithStatus, null, new WitField("status", Result(null, null)))
        .Func("exit-with-code", ExitWithCode, null, new WitField("status-code", U8));

    // wit: wasi:cli/exit#exit
    internal static ComponentValue ExitWithStatus(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        throw new GuestExitException(arguments[0].Case);

    // wit: wasi:cli/exit#exit-with-code
    internal static ComponentValue ExitWithCode(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        throw new GuestExitException((int)arguments[0].AsU32);
}
