using Mik.Components.Runtime;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Cli;

/// <summary>The standard streams. wit: wasi:cli/stdin, wasi:cli/stdout, wasi:cli/stderr</summary>
internal static class Stdio
{
    public static WasiInterface StdinInterface { get; } = new WasiInterface("wasi:cli/stdin")
        .Func("get-stdin", GetStdin, Own(InputStream.Type));

    public static WasiInterface StdoutInterface { get; } = new WasiInterface("wasi:cli/stdout")
        .Func("get-stdout", GetStdout, Own(OutputStream.Type));

    public static WasiInterface StderrInterface { get; } = new WasiInterface("wasi:cli/stderr")
        .Func("get-stderr", GetStderr, Own(OutputStream.Type));

    // wit: wasi:cli/stdin#get-stdin
    internal static ComponentValue GetStdin(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new EmptyInputStream(WasiContext.Of(state)).ToValue();

    // wit: wasi:cli/stdout#get-stdout
    internal static ComponentValue GetStdout(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new LogOutputStream(WasiContext.Of(state), GuestOutput.Stdout).ToValue();

    // wit: wasi:cli/stderr#get-stderr
    internal static ComponentValue GetStderr(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new LogOutputStream(WasiContext.Of(state), GuestOutput.Stderr).ToValue();
}
