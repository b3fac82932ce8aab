using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>The index spaces of one component instance while its plan is made.</summary>
/// <param name="outer">Where the component was defined.</param>
/// <param name="path">The instance and those that instantiated it, outermost last.</param>
internal sealed class TranslationScope(TranslationScope? outer, int[] path) : ITypeSpace
{
    public TranslationScope? Outer { get; } = outer;

    public int[] Path { get; } = path;

    public int Instance => Path[0];

    public List<int> CoreFuncs { get; } = [];

    public List<int> CoreTables { get; } = [];

    public List<int> CoreMemories { get; } = [];

    public List<int> CoreGlobals { get; } = [];

    public List<int> CoreTags { get; } = [];

    public List<Module> CoreModules { get; } = [];

    public List<CoreInstanceItem> CoreInstances { get; } = [];

    public List<FuncItem> Funcs { get; } = [];

    public List<DefinedType?> Types { get; } = [];

    public List<ComponentItem> Components { get; } = [];

    public List<InstanceItem> Instances { get; } = [];

    public WitType ValueType(uint index, int offset) => ((DefinedValueType)Types[(int)index]!).Type;

    public ResourceType Resource(uint index, int offset) => ((DefinedResourceType)Types[(int)index]!).Type;

    public TranslationScope OuterBy(uint count)
    {
        var scope = this;
        for (; count > 0; count--)
        {
            scope = scope.Outer!;
        }

        return scope;
    }
}
