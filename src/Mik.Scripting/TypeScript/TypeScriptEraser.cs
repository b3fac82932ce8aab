using System.Text.RegularExpressions;
using Mik.Scripting.Execution;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.TypeScript;

/// <summary>
/// Erases TypeScript's types. What is left keeps its line and column, so that errors point into the file as it was written.
/// Each file has an instance of its own, which costs 0.2 ms: a file cannot reach what another consists of, whoever they belong to, takes no more
/// time and memory than it may, and makes nobody wait. Thread-safe.
/// </summary>
/// <param name="engine">Compiles the stripper, which is a WebAssembly module.</param>
/// <param name="kept">What sources were erased to before; <see langword="null"/> to erase always.</param>
/// <param name="options">Clocks, and the time that one file may take (<see cref="ScriptHostOptions.LoadTime"/>).</param>
internal sealed partial class TypeScriptEraser(Engine engine, ErasedSources? kept = null, ScriptHostOptions? options = null)
{
    // Something of everything, so that little machine code is left to make.
    private const string FirstFile = """
        import type { A } from "a"; interface B<T> { readonly b?: T } type C = keyof B<string> | [number, ...string[]];
        export async function* f<T extends A>(this: C, x: T, y: B<T>[] = []): AsyncGenerator<T> { for (const z of y as B<T>[]) yield z!.b satisfies T; }
        abstract class D<T> extends E implements B<T> { private g: number = 1; constructor(h?: string) { super(`${h}`); } static #i = /j/g; declare k: T; }
        const { l, m: [n], ...o } = await p?.q ?? { r: (s: number): s is 1 => !s, [t]: new D<string>(), u: a ? (b) : c => d }; try { throw l } catch { }
        """;

    // The stripper takes about forty bytes for each of a file.
    private const long MaxMemoryBytes = 512L << 20;

    private readonly ScriptHostOptions _options = options ?? new ScriptHostOptions();
    private readonly CpuClock _cpu = options?.CpuClock ?? CpuClock.For(options?.TimeProvider ?? TimeProvider.System);
    private readonly Lazy<Module> _module = new(() => Compile(engine));

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

    /// <summary>Makes sure that the next file is erased without delay; does not wait.</summary>
    public void Prepare() => _ = Task.Run(() => _module.Value);

    /// <summary>The JavaScript of a TypeScript source.</summary>
    /// <param name="name">What to call it in failures.</param>
    /// <param name="source">Its text.</param>
    /// <param name="owner">Who pays for the time and the memory it takes; compiling the stripper is nobody's.</param>
    /// <exception cref="ScriptException">
    /// The source has a syntax error, or types that stand for code: enums, namespaces, parameter properties. Or it takes more than it
    /// may; whether that was its owner's share, <see cref="ScriptException.IsOwners"/> says.
    /// </exception>
    public string Erase(string name, string source, IStoreOwner? owner = null)
    {
        if (kept?.Find(source) is { } known)
        {
            return known;
        }

        var (result, isError) = Run(name, source, owner);
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

    // Most of what the first file takes is making machine code, which is not that file's doing.
    private static Module Compile(Engine engine)
    {
        var module = engine.Compile(EmbeddedFile.ReadBytes("typescript.wasm"), "typescript");
        using var instance = new TypeScriptModule(module, new StoreLimits());
        instance.Run(FirstFile, StripOnly("first.ts"));
        return module;
    }

    private (object? Result, bool IsError) Run(string name, string source, IStoreOwner? owner)
    {
        using var instance = NewInstance(owner);
        using var clock = new RunClock(instance.Store, _options.TimeProvider, _cpu, _options.LoadTime);
        clock.Enter();
        try
        {
            return instance.Run(source, StripOnly(name));
        }
        catch (TrapException trap)
        {
            throw Stopped(name, trap, instance.Store, clock.Reason);
        }
        finally
        {
            clock.Leave();
        }
    }

    private TypeScriptModule NewInstance(IStoreOwner? owner)
    {
        var limits = new StoreLimits { MaxMemoryBytes = MaxMemoryBytes, Owner = owner };
        try
        {
            return new TypeScriptModule(_module.Value, limits);
        }
        catch (TrapException refused) when (owner is not null && refused.Code == TrapCode.HostRefused)
        {
            throw ScriptFailures.OwnerMemoryLimit();
        }
    }

    private static ScriptException Stopped(string name, TrapException trap, Store store, StopReason reason) => (trap.Code, reason) switch
    {
        (TrapCode.Interrupted, StopReason.None) when store.IsStoppedForOwner => ScriptFailures.OwnerCpuLimit(),
        (TrapCode.Interrupted, _) => FailedWith(name, "reading it as TypeScript takes too long"),
        _ when store.OwnerRefusedMemory => ScriptFailures.OwnerMemoryLimit(),
        _ when store.MemoryLimitHit => FailedWith(name, "it is too large to be read as TypeScript"),
        _ => FailedWith(name, $"the TypeScript stripper failed: {trap.Message}"),
    };

    private static ScriptException FailedWith(string name, string message) => new(ScriptFailure.LoadFailed, message) { File = name };
}
