using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Cli;

/// <summary>There is no terminal. wit: wasi:cli/terminal-input and its relatives</summary>
internal static class Terminals
{
    private static readonly HostResourceType Input = new("terminal-input");
    private static readonly HostResourceType Output = new("terminal-output");

    public static IEnumerable<WasiInterface> Interfaces { get; } =
    [
        new WasiInterface("wasi:cli/terminal-input").Resource(Input),
        new WasiInterface("wasi:cli/terminal-output").Resource(Output),
        new WasiInterface("wasi:cli/terminal-stdin").Func("get-terminal-stdin", None, Option(Own(Input))),
        new WasiInterface("wasi:cli/terminal-stdout").Func("get-terminal-stdout", None, Option(Own(Output))),
        new WasiInterface("wasi:cli/terminal-stderr").Func("get-terminal-stderr", None, Option(Own(Output))),
    ];

    private static ComponentValue None(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.None;
}
