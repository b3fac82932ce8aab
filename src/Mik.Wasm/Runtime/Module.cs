using System.Runtime.CompilerServices;
using Mik.Wasm.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A compiled module: code without state, shared by all its instances. Immutable and thread-safe.</summary>
// spec: syntax-module
public sealed class Module
{
    // Backtraces find the module of an emitted method through this. Weakly: the runtime keeps an assembly until its context is let go, and the module
    // holds the context.
    private static readonly ConditionalWeakTable<System.Reflection.Assembly, WeakReference<Module>> ByAssembly = [];

    private readonly EmittedCode _code;
    private readonly Dictionary<string, int> _exportIndices;

    internal Module(Engine engine, string name, ModuleDefinition definition, EmittedCode code)
    {
        Engine = engine;
        Name = name;
        Definition = definition;
        Layout = new ContextLayout(definition);
        _code = code;
        TypeIds = [.. definition.Types.Select(engine.TypeId)];
        InitialMemory = new InitialMemory(definition);
        MaxResultSlots = definition.Types.Select(static t => t.ResultSlots)
            .Concat(definition.TagTypeIndices.Select(i => definition.Types[i].ParameterSlots))
            .DefaultIfEmpty()
            .Max();
        Imports = [.. definition.Imports.Select(static i => new ModuleImport(i.Module, i.Name, i.Type))];
        Exports = [.. definition.Exports.Select(e => new ModuleExport(e.Name, TypeOf(definition, e)))];
        _exportIndices = definition.Exports.Select(static (e, i) => (e.Name, i)).ToDictionary(static e => e.Name, static e => e.i, StringComparer.Ordinal);
        ByAssembly.AddOrUpdate(code.Assembly, new WeakReference<Module>(this));
    }

    /// <summary>The engine that compiled it.</summary>
    public Engine Engine { get; }

    /// <summary>What the module is called in backtraces and error messages.</summary>
    public string Name { get; }

    /// <summary>What the module needs, in the order in which <see cref="Instantiate(Store, ReadOnlySpan{Extern})"/> takes it.</summary>
    public IReadOnlyList<ModuleImport> Imports { get; }

    /// <summary>What the module offers.</summary>
    public IReadOnlyList<ModuleExport> Exports { get; }

    internal ModuleDefinition Definition { get; }

    internal ContextLayout Layout { get; }

    internal long[] TypeIds { get; }

    internal InitialMemory InitialMemory { get; }

    /// <summary>How many slots its code needs in the result area, for results and for what exceptions carry.</summary>
    internal int MaxResultSlots { get; }

    /// <summary>Creates an instance and runs the start function.</summary>
    /// <param name="store">Where the instance lives.</param>
    /// <param name="imports">One per entry of <see cref="Imports"/>, in order.</param>
    /// <exception cref="LinkException">An import has the wrong kind or type.</exception>
    /// <exception cref="TrapException">An active segment does not fit or the start function trapped.</exception>
    public Instance Instantiate(Store store, ReadOnlySpan<Extern> imports) => InstanceBuilder.Build(this, store, imports, start: null);

    /// <summary>Creates an instance in the state of an image of this module; no data is copied and no start function runs.</summary>
    /// <param name="store">Where the instance lives.</param>
    /// <param name="imports">One per entry of <see cref="Imports"/>, in order; a memory made for the same image.</param>
    /// <param name="image">The state.</param>
    /// <exception cref="LinkException">An import has the wrong kind or type.</exception>
    public Instance Instantiate(Store store, ReadOnlySpan<Extern> imports, InstanceImage image) => InstanceBuilder.Build(this, store, imports, image);

    internal static Module? FindByAssembly(System.Reflection.Assembly assembly) =>
        ByAssembly.TryGetValue(assembly, out var known) && known.TryGetTarget(out var module) ? module : null;

    /// <summary>Index in <see cref="ModuleDefinition.Exports"/>; negative when there is no such export.</summary>
    internal int FindExport(string name) => _exportIndices.GetValueOrDefault(name, -1);

    /// <summary>Code address of a referenced function defined here; 0 for an imported one.</summary>
    internal nint CodeOf(int referencedSlot) => _code.Addresses[referencedSlot];

    internal nint EnterThunk(uint typeIndex) => _code.Addresses[Definition.ReferencedFunctions.Length + (2 * (int)typeIndex)];

    internal nint HostThunk(uint typeIndex) => _code.Addresses[Definition.ReferencedFunctions.Length + (2 * (int)typeIndex) + 1];

    internal string FunctionName(uint functionIndex) =>
        Definition.FunctionNames.TryGetValue(functionIndex, out var name) ? name : $"<function {functionIndex}>";

    private static ExternType TypeOf(ModuleDefinition definition, ExportDeclaration export) => export.Kind switch
    {
        ExternKind.Func => new FuncExternType(definition.FunctionType(export.Index)),
        ExternKind.Table => definition.Tables[export.Index],
        ExternKind.Memory => definition.Memories[export.Index],
        ExternKind.Tag => new TagType(definition.TagType(export.Index)),
        _ => definition.Globals[export.Index],
    };
}

/// <summary>Something a module imports.</summary>
/// <param name="Module">First name.</param>
/// <param name="Name">Second name.</param>
/// <param name="Type">What it must be.</param>
public sealed record ModuleImport(string Module, string Name, ExternType Type);

/// <summary>Something a module exports.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is.</param>
public sealed record ModuleExport(string Name, ExternType Type);
