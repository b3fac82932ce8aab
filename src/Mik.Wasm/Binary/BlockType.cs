using System.Collections.Immutable;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>The type of a <c>block</c>, <c>loop</c> or <c>if</c>: nothing, one result, or a function type.</summary>
// spec: binary-blocktype
internal readonly struct BlockType
{
    private static readonly ImmutableArray<ValType>[] Single = MakeSingle();

    private readonly ValType _result;
    private readonly uint _typeIndex;
    private readonly bool _isIndex;

    private BlockType(ValType result, uint typeIndex, bool isIndex)
    {
        _result = result;
        _typeIndex = typeIndex;
        _isIndex = isIndex;
    }

    public static BlockType Empty => default;

    /// <summary>The one result, if that is what the block has; otherwise 0.</summary>
    public ValType Result => _result;

    /// <summary>The index of the function type, if that is what the block has.</summary>
    public uint? TypeIndex => _isIndex ? _typeIndex : null;

    public static BlockType OfResult(ValType result) => new(result, 0, isIndex: false);

    public static BlockType OfType(uint typeIndex) => new(default, typeIndex, isIndex: true);

    /// <summary>Parameter types; <see cref="TypeIndex"/> must exist in the module.</summary>
    public ImmutableArray<ValType> Parameters(ModuleDefinition module) =>
        _isIndex ? module.Types[_typeIndex].Parameters : [];

    /// <summary>Result types; <see cref="TypeIndex"/> must exist in the module.</summary>
    public ImmutableArray<ValType> Results(ModuleDefinition module) =>
        _isIndex ? module.Types[_typeIndex].Results
        : (uint)_result < Single.Length && Single[(uint)_result] is { IsDefault: false } single ? single
        : [_result];

    private static ImmutableArray<ValType>[] MakeSingle()
    {
        var all = new ImmutableArray<ValType>[0x80];
        all[0] = [];
        foreach (var type in Enum.GetValues<ValType>())
        {
            all[(uint)type] = [type];
        }

        return all;
    }
}
