using System.Text.RegularExpressions;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.TypeScript;

/// <summary>
/// Erases TypeScript's types. What is left keeps its line and column, so that errors point into the file as it was written.
/// Thread-safe.
/// </summary>
internal sealed partial class TypeScriptEraser(Engine engine)
{
    private readonly Lock _gate = new();
    private readonly Lazy<Module> _module = new(() => engine.Compile(EmbeddedFile.ReadBytes("typescript.wasm"), "typescript"));
    private TypeScriptModule? _instance; // guarded by _gate

    /// <summary>Whether a file of that name is TypeScript.</summary>
    public static bool Applies(string file) => Path.GetExtension(file) is ".ts" or ".mts";

    /// <summary>Starts to compile the stripper, unless it is compiled already; does not wait.</summary>
    public void Prepare()
    {
        if (!_module.IsValueCreated)
        {
            // A failure is kept by the lazy value and thrown where the module is first needed.
            _ = Task.Run(() => _module.Value);
        }
    }

    /// <summary>The JavaScript of a TypeScript source.</summary>
    /// <exception cref="ScriptException">
    /// The source has a syntax error, or types that stand for code: enums, namespaces, parameter properties.
    /// </exception>
    public string Erase(string name, string source)
    {
        var (result, isError) = Run(source, new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["mode"] = "strip-only",
            ["module"] = true,
            ["filename"] = name,
        });
        if (!isError && result is Dictionary<string, object?> { } output && output["code"] is string code)
        {
            return code;
        }

        throw Failed(name, result as Dictionary<string, object?>);
    }

    // The stripper's words for its own way of working.
    [GeneratedRegex(" is not supported in (?:type )?strip(?:-only)? mode")]
    private static partial Regex StripMode();

    private static ScriptException Failed(string name, Dictionary<string, object?>? error)
    {
        var message = error?.GetValueOrDefault("message") as string ?? "the file could not be read as TypeScript";
        message = StripMode().Replace(message, " is not supported: types are erased, and this is more than a type");
        return new ScriptException(ScriptFailure.LoadFailed, message)
        {
            File = name,
            Line = (int?)(error?.GetValueOrDefault("startLine") as double?),
            Column = (int?)(error?.GetValueOrDefault("startColumn") as double?) + 1,
        };
    }

    private (object? Result, bool IsError) Run(string source, Dictionary<string, object?> options)
    {
        lock (_gate)
        {
            _instance ??= new TypeScriptModule(_module.Value);
            try
            {
                return _instance.Run(source, options);
            }
            catch (TrapException trap)
            {
                _instance.Dispose();
                _instance = null;
                return (new Dictionary<string, object?> { ["message"] = $"the TypeScript stripper failed: {trap.Message}" }, true);
            }
        }
    }
}
