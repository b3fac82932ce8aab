using System.Collections.Immutable;
using Mik.Components.Types;

namespace Mik.Components.Validation;

/// <summary>Replaces resources in types. Grows while arguments are matched: a resource is always met before a type that uses it.</summary>
internal sealed class Substitution(TypeRelations relations, int offset)
{
    private readonly Dictionary<ResourceType, ResourceType> _resources = [];
    private readonly Dictionary<WitType, WitType> _applied = new(ReferenceEqualityComparer.Instance);

    /// <summary>Where the definition is for which types are replaced, for messages.</summary>
    public int Offset { get; } = offset;

    public void Add(ResourceType from, ResourceType to) => _resources[from] = to;

    public bool TryAdd(ResourceType from, ResourceType to) => _resources.TryAdd(from, to);

    public ResourceType Apply(ResourceType resource) => _resources.GetValueOrDefault(resource, resource);

    public WitType Apply(WitType type)
    {
        if (!type.Weight.MentionsResources || _resources.Count == 0)
        {
            return type;
        }

        if (_applied.TryGetValue(type, out var known))
        {
            return known;
        }

        relations.Spend(1, Offset);
        var replaced = relations.Interner.Intern(type switch
        {
            OwnType own => new OwnType(Apply(own.Resource)),
            BorrowType borrow => new BorrowType(Apply(borrow.Resource)),
            ListType list => new ListType(Apply(list.Element)),
            FixedListType list => new FixedListType(Apply(list.Element), list.Length),
            MapType map => new MapType(map.Key, Apply(map.Value)),
            OptionType option => new OptionType(Apply(option.Some)),
            ResultType result => new ResultType(ApplyOptional(result.Ok), ApplyOptional(result.Error)),
            RecordType record => new RecordType(
                ImmutableArray.CreateRange(record.Fields, field => new WitField(field.Name, Apply(field.Type)))),
            TupleType tuple => new TupleType(ImmutableArray.CreateRange(tuple.Types, Apply)),
            VariantType variant => new VariantType(
                ImmutableArray.CreateRange(variant.Cases, c => new WitCase(c.Name, ApplyOptional(c.Type)))),
            _ => type,
        });
        _applied.Add(type, replaced);
        return replaced;
    }

    public ComponentFuncType Apply(ComponentFuncType type) =>
        TypeWeight.Of(type).MentionsResources && _resources.Count != 0
            ? new ComponentFuncType(
                ImmutableArray.CreateRange(type.Parameters, parameter => new WitField(parameter.Name, Apply(parameter.Type))),
                ApplyOptional(type.Result))
            : type;

    public NamedExterns Apply(NamedExterns externs)
    {
        if (!externs.MentionsResources || _resources.Count == 0)
        {
            return externs;
        }

        var replaced = new NamedExterns();
        foreach (var (name, type) in externs.Entries)
        {
            replaced.TryAdd(name, Apply(type));
        }

        return replaced;
    }

    public ComponentType Apply(ComponentType type) =>
        TypeWeight.Of(type).MentionsResources && _resources.Count != 0
            ? new ComponentType(Apply(type.Imports), type.ImportedResources, Apply(type.Exports), type.ExportedResources)
            : type;

    private ComponentExtern Apply(ComponentExtern type)
    {
        relations.Spend(1, Offset);
        return type switch
        {
            FuncExtern func => new FuncExtern(Apply(func.Type)),
            TypeExtern defined => new TypeExtern(Apply(defined.Type)),
            InstanceExtern instance => new InstanceExtern(Apply(instance.Type)),
            ComponentTypeExtern component => new ComponentTypeExtern(Apply(component.Type)),
            _ => type,
        };
    }

    private DefinedType Apply(DefinedType type) => type switch
    {
        DefinedValueType value => new DefinedValueType(Apply(value.Type)),
        DefinedFuncType func => new DefinedFuncType(Apply(func.Type)),
        DefinedResourceType resource => new DefinedResourceType(Apply(resource.Type)),
        DefinedInstanceType instance => new DefinedInstanceType(Apply(instance.Type)),
        DefinedComponentType component => new DefinedComponentType(Apply(component.Type)),
        _ => type,
    };

    private InstanceType Apply(InstanceType type) => new(Apply(type.Exports), type.Resources);

    private WitType? ApplyOptional(WitType? type) => type is null ? null : Apply(type);
}
