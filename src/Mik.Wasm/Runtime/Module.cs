using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A compiled module: code without state, shared by all its instances. Immutable and thread-safe.</summary>
public sealed class Module
{
    internal Module(Engine engine, string name)
    {
        Engine = engine;
        Name = name;
    }

    /// <summary>The engine that compiled it.</summary>
    public Engine Engine { get; }

    /// <summary>What the module is called in backtraces and error messages.</summary>
    public string Name { get; }

    /// <summary>What the module needs, in the order in which <see cref="Instantiate"/> takes it.</summary>
    public IReadOnlyList<ModuleImport> Imports => throw new NotImplementedException();

    /// <summary>What the module offers.</summary>
    public IReadOnlyList<ModuleExport> Exports => throw new NotImplementedException();

    /// <summary>Creates an instance and runs the start function.</summary>
    /// <param name="store">Where the instance lives.</param>
    /// <param name="imports">One per entry of <see cref="Imports"/>, in order.</param>
    /// <exception cref="LinkException">An import has the wrong kind or type.</exception>
    /// <exception cref="TrapException">An active segment does not fit or the start function trapped.</exception>
    public Instance Instantiate(Store store, ReadOnlySpan<Extern> imports) => throw new NotImplementedException();
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
