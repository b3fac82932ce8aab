using Mik.Components.Binary;

namespace Mik.Components.Validation;

/// <summary>
/// Type indices of a component that stand for a definition instead of the import or export that names it. What is exported may use
/// a resource, record, variant, enum or flags only by the index that its import or export made.
/// </summary>
internal sealed class UnnamedTypes
{
    // Types that are such definitions, or are made of them.
    private readonly HashSet<uint> _types = [];

    // Of those, the ones that are made of others.
    private readonly HashSet<uint> _parts = [];
    private readonly HashSet<uint> _funcs = [];

    /// <summary>Notes the definition of a type.</summary>
    public void Define(uint index, TypeSyntax syntax)
    {
        if (References(syntax).Any(_types.Contains))
        {
            _parts.Add(index);
            _types.Add(index);
        }
        else if (syntax is RecordSyntax or VariantSyntax or EnumSyntax or FlagsSyntax or ResourceSyntax)
        {
            _types.Add(index);
        }
    }

    /// <summary>Notes the definition of a function of the type.</summary>
    public void Lift(uint index, uint type)
    {
        if (_types.Contains(type))
        {
            _funcs.Add(index);
        }
    }

    /// <summary>Whether an export of it mentions only what has a name. Exporting a definition names it, but not what it is made of.</summary>
    public bool MayExport(SortIndex target) => target.Sort switch
    {
        Sort.Type => !_parts.Contains(target.Index),
        Sort.Func => !_funcs.Contains(target.Index),
        _ => true,
    };

    /// <summary>Whether what is exported with that type mentions only what has a name.</summary>
    public bool MayAscribe(ExternSyntax type) => type is not { Sort: Sort.Func, Index: { } index } || !_types.Contains(index);

    private static IEnumerable<uint> References(TypeSyntax syntax) => syntax switch
    {
        HandleSyntax handle => [handle.Resource],
        ListSyntax list => Indices(list.Element),
        FixedListSyntax list => Indices(list.Element),
        MapSyntax map => Indices(map.Key, map.Value),
        OptionSyntax option => Indices(option.Some),
        ResultSyntax result => Indices(result.Ok, result.Error),
        TupleSyntax tuple => tuple.Types.SelectMany(static type => Indices(type)),
        RecordSyntax record => Indices(record.Fields),
        VariantSyntax variant => Indices(variant.Cases),
        FuncSyntax func => Indices(func.Parameters).Concat(Indices(func.Result)),
        _ => [],
    };

    private static IEnumerable<uint> Indices(LabelledType[] parts) => parts.SelectMany(static part => Indices(part.Type));

    private static IEnumerable<uint> Indices(params ValueTypeSyntax?[] types) =>
        types.Where(static type => type?.Index is not null).Select(static type => type!.Value.Index!.Value);
}
