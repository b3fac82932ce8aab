using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Cli;

/// <summary>Variables and arguments. wit: wasi:cli/environment</summary>
internal static class CommandEnvironment
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:cli/environment")
        .Func("get-environment", GetEnvironment, List(Tuple(WitType.String, WitType.String)))
        .Func("get-arguments", GetArguments, List(WitType.String))
        .Func("initial-cwd", InitialCwd, Option(WitType.String));

    // wit: wasi:cli/environment#get-environment
    internal static ComponentValue GetEnvironment(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var pairs = WasiContext.Of(state).Environment.Select(static pair =>
            ComponentValue.Values(ComponentValue.String(pair.Key), ComponentValue.String(pair.Value)));
        return ComponentValue.Values([.. pairs]);
    }

    // wit: wasi:cli/environment#get-arguments
    internal static ComponentValue GetArguments(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Values([.. WasiContext.Of(state).Arguments.Select(ComponentValue.String)]);

    // wit: wasi:cli/environment#initial-cwd
    internal static ComponentValue InitialCwd(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.None;
}
