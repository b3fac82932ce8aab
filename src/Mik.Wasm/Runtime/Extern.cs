using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>Something an instance can import or export. Belongs to one store.</summary>
// spec: syntax-externval
public abstract class Extern
{
    private protected Extern(Store store) => Store = store;

    /// <summary>Where it lives.</summary>
    public Store Store { get; }

    /// <summary>What it is; for memories and tables the minimum is the current size.</summary>
    public abstract ExternType ExternType { get; }
}
