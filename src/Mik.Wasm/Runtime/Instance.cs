namespace Mik.Wasm.Runtime;

/// <summary>One instantiation of a <see cref="Module"/>. Belongs to its store and is used by one thread at a time.</summary>
public sealed class Instance
{
    internal Instance(Module module, Store store)
    {
        Module = module;
        Store = store;
    }

    /// <summary>The code.</summary>
    public Module Module { get; }

    /// <summary>Where it lives.</summary>
    public Store Store { get; }

    /// <summary>The export of that name, or <see langword="null"/>.</summary>
    public Extern? GetExport(string name) => throw new NotImplementedException();
}
