using Mik.Wasm.Binary;
using Mik.Wasm.Compilation;
using Mik.Wasm.Runtime;
using Mik.Wasm.Validation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

/// <summary>A compiled and instantiated module.</summary>
internal sealed class Guest : IDisposable
{
    private Guest(Store store, Instance instance)
    {
        Store = store;
        Instance = instance;
    }

    public Store Store { get; }

    public Instance Instance { get; }

    /// <summary>Both kinds of memory bounds, each tiered and with full optimisation from the first call on.</summary>
    public static TheoryData<MemoryBounds, bool> Modes => new()
    {
        { MemoryBounds.Automatic, false },
        { MemoryBounds.Automatic, true },
        { MemoryBounds.ExplicitChecks, false },
        { MemoryBounds.ExplicitChecks, true },
    };

    public static Guest Start(Assembler module, MemoryBounds bounds, bool optimized, params HostCallback[] imports) =>
        Start(module, new EngineOptions { MemoryBounds = bounds, Unloadable = optimized }, imports);

    public static Guest Start(Assembler module, EngineOptions? options = null, params HostCallback[] imports)
    {
        var store = new Store(new Engine(options));
        var compiled = store.Engine.Compile(module.ToArray(), "guest");
        return new Guest(
            store,
            compiled.Instantiate(
                store,
                [.. compiled.Imports.Select((import, i) => Wasm.Runtime.Func.FromHost(store, ((Wasm.Types.FuncExternType)import.Type).Type, imports[i]))]));
    }

    /// <summary>Instantiates in a store that already holds others; it lives as long as the last of them.</summary>
    public static Guest Start(Store store, Assembler module, params Extern[] imports) =>
        new(store, store.Engine.Compile(module.ToArray(), "guest").Instantiate(store, imports));

    /// <summary>The CIL of a function as text.</summary>
    public static string Listing(Assembler assembler, uint function, bool explicitChecks = false)
    {
        var module = ModuleDecoder.Decode(assembler.ToArray());
        ModuleValidator.Validate(module);
        var refs = new AssemblyWriter(module, 0).Refs;
        var cil = new CilWriter { Listing = new System.Text.StringBuilder(), TokenName = refs.Describe };
        var scans = module.Bodies.Select(b => FunctionScan.Of(module, b, StackGuardPlanner.MaxUnguardedBytes)).ToArray();
        var slot = (int)function - module.ImportedFunctionCount;
        new FunctionCompiler(module, new ContextLayout(module), refs, cil, explicitChecks)
            .Compile(function, scans[slot], StackGuardPlanner.Plan(module, scans)[slot]);
        return cil.Listing.ToString();
    }

    public Func Func(string name) => (Func)Instance.GetExport(name)!;

    public ulong[] CallAll(string name, params ulong[] arguments)
    {
        var func = Func(name);
        var results = new ulong[func.Type.ResultSlots];
        func.Invoke(arguments, results);
        return results;
    }

    public ulong Call(string name, params ulong[] arguments) => CallAll(name, arguments)[0];

    /// <summary>Calls a function of vectors and gives back its one result.</summary>
    public UInt128 CallVector(string name, params UInt128[] arguments)
    {
        var results = CallAll(name, [.. arguments.SelectMany(static a => new[] { (ulong)a, (ulong)(a >> 64) })]);
        return new UInt128(results[1], results[0]);
    }

    public TrapCode Trap(string name, params ulong[] arguments) =>
        Assert.Throws<TrapException>(() => { CallAll(name, arguments); }).Code;

    public void Dispose() => Store.Dispose();
}
