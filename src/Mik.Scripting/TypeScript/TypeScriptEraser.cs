using System.Text.RegularExpressions;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.TypeScript;

/// <summary>
/// Erases TypeScript's types. What is left keeps its line and column, so that errors point into the file as it was written.
/// Thread-safe.
/// </summary>
/// <param name="engine">Compiles the stripper, which is a WebAssembly module.</param>
/// <param name="kept">What sources were erased to before; <see langword="null"/> to erase always.</param>
internal sealed partial class TypeScriptEraser(Engine engine, ErasedSources? kept = null)
{
    private readonly Lock _gate = new();
    private readonly Lazy<Module> _module = new(() => engine.Compile(EmbeddedFile.ReadBytes("typescript.wasm"), "typescript"));
    private TypeScriptModule? _instance; // guarded by _gate

    /// <summary>Whether a file of that name is TypeScript.</summary>
    public static bool Applies(string file) => Path.GetExtension(file) is ".ts" or ".mts";

    /// <summary>
    /// Starts to compile the stripper if one of these files will need it and it is not compiled already; does not wait.
    /// </summary>
    public void PrepareFor(IEnumerable<string> files)
    {
        if (!_module.IsValueCreated && files.Any(file => Applies(file) && !IsKept(file)))
        {
            // A failure is kept by the lazy value and thrown where the module is first needed.
            _ = Task.Run(() => _module.Value);
        }
    }

    /// <summary>Makes sure that the next file is erased without delay, by erasing a small one; does not wait.</summary>
    public void Prepare() => _ = Task.Run(() => Run("const nothing: null = null;", StripOnly("nothing.ts")));

    /// <summary>The JavaScript of a TypeScript source.</summary>
    /// <exception cref="ScriptException">
    /// The source has a syntax error, or types that stand for code: enums, namespaces, parameter properties.
    /// </exception>
    public string Erase(string name, string source)
    {
        if (kept?.Find(source) is { } known)
        {
            return known;
        }

        var (result, isError) = Run(source, StripOnly(name));
        if (!isError && result is Dictionary<string, object?> { } output && output["code"] is string code)
        {
            kept?.Keep(source, code);
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

    private static Dictionary<string, object?> StripOnly(string name) => new(StringComparer.Ordinal)
    {
        ["mode"] = "strip-only",
        ["module"] = true,
        ["filename"] = name,
    };

    private bool IsKept(string file)
    {
        try
        {
            return kept?.Find(File.ReadAllText(file)) is not null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whoever loads it will say so.
            return false;
        }
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
