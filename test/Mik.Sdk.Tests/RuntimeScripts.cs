using System.Text;
using Mik.Scripting;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>Runs a script in the runtime, with handlers of the test.</summary>
internal static class RuntimeScripts
{
    // Compiling the script engine takes a while: once for all tests.
    private static readonly Lazy<ScriptHost> Host = new(static () => new ScriptHost(new Engine()));

    private static readonly ScriptLimits Generous = new() { CpuTime = TimeSpan.FromMinutes(2), WallTime = TimeSpan.FromMinutes(5) };

    /// <summary>The answer's body as text.</summary>
    /// <exception cref="ScriptException">The script failed, or did not run for this request.</exception>
    public static async Task<string> RunAsync(string source, ScriptRequest request, IHandlerCalls? handlers = null)
    {
        var directory = Directory.CreateTempSubdirectory("mik-sdk-").FullName;
        try
        {
            var file = Path.Combine(directory, "script.js");
            await File.WriteAllTextAsync(file, source);
            using var program = Host.Value.Load(file, directory);
            var answer = await program.RunAsync(
                request, handlers ?? new NoHandlers(), new SilentConsole(), Generous, TestContext.Current.CancellationToken);
            return Encoding.UTF8.GetString(answer.Body.Span);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private sealed class NoHandlers : IHandlerCalls
    {
        public Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation) =>
            throw new HandlerCallException(HandlerCallCode.ModuleNotFound, call.Handler, "there are no handlers");
    }

    private sealed class SilentConsole : IScriptConsole
    {
        public void Write(ScriptLogLevel level, string scriptName, string requestId, string message)
        {
        }
    }
}
