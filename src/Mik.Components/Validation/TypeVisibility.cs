using Mik.Components.Types;

namespace Mik.Components.Validation;

/// <summary>
/// Types that need a name to be used from outside: resources, records, variants, enums and flags. Without this rule a
/// component's type could mention resources nobody outside can name.
/// </summary>
/// <remarks>Structural types are compared by structure: one that equals a named type counts as named.</remarks>
internal static class TypeVisibility
{
    /// <summary>
    /// Names the types the import or export introduces; tells whether everything else it mentions has a name. An export may
    /// name any resource, an import only those it makes, which the caller has named already.
    /// </summary>
    public static bool AddNames(
        ComponentExtern type, HashSet<object> named, bool mayNameResources, TypeRelations relations, int offset)
    {
        relations.Spend(TypeWeight.Of(type).Size, offset);
        switch (type)
        {
            case TypeExtern { Type: DefinedResourceType resource }:
                return named.Contains(resource.Type) || (mayNameResources && named.Add(resource.Type));
            case TypeExtern { Type: DefinedValueType value }:
                var partsAreNamed = PartsAreNamed(value.Type, named);
                named.Add(value.Type);
                return partsAreNamed;
            case TypeExtern { Type: DefinedFuncType func }:
                return IsNamed(func.Type, named);
            case TypeExtern { Type: DefinedInstanceType instance }:
                // What an instance of that type would export is not named here.
                relations.Spend(named.Count, offset);
                var inside = new HashSet<object>(named, ReferenceEqualityComparer.Instance);
                inside.UnionWith(instance.Type.Resources);
                return AddNames(instance.Type, inside, mayNameResources, relations, offset);
            case TypeExtern { Type: DefinedComponentType component }:
                return ResourcesAreNamed(component.Type, named);
            case FuncExtern func:
                return IsNamed(func.Type, named);
            case InstanceExtern instance:
                return AddNames(instance.Type, named, mayNameResources, relations, offset);
            case ComponentTypeExtern component:
                return ResourcesAreNamed(component.Type, named);
            default:
                return true;
        }
    }

    /// <summary>Whether the type mentions a resource that neither it nor <paramref name="known"/> introduces.</summary>
    public static bool ResourcesAreNamed(DefinedType type, HashSet<object> known) => type switch
    {
        DefinedResourceType resource => known.Contains(resource.Type),
        DefinedValueType value => ResourcesAreNamed(value.Type, [], known),
        DefinedFuncType func => ResourcesAreNamed(func.Type, [], known),
        DefinedInstanceType instance => ResourcesAreNamed(instance.Type.Exports, [.. instance.Type.Resources], known),
        DefinedComponentType component => ResourcesAreNamed(component.Type, known),
        _ => true,
    };

    private static bool AddNames(
        InstanceType instance, HashSet<object> named, bool mayNameResources, TypeRelations relations, int offset)
    {
        // An instance made of inline exports may list a function before the types it uses.
        foreach (var (_, export) in instance.Exports.Entries)
        {
            if (export is TypeExtern { Type: DefinedResourceType resource } && mayNameResources)
            {
                named.Add(resource.Type);
            }
            else if (export is TypeExtern { Type: DefinedValueType value })
            {
                named.Add(value.Type);
            }
        }

        var areNamed = true;
        foreach (var (_, export) in instance.Exports.Entries)
        {
            areNamed &= AddNames(export, named, mayNameResources, relations, offset);
        }

        return areNamed;
    }

    private static bool IsNamed(ComponentFuncType type, HashSet<object> named)
    {
        foreach (var parameter in type.Parameters)
        {
            if (!IsNamed(parameter.Type, named))
            {
                return false;
            }
        }

        return type.Result is null || IsNamed(type.Result, named);
    }

    private static bool IsNamed(WitType type, HashSet<object> named) =>
        type is RecordType or VariantType or EnumType or FlagsType
            ? named.Contains(type)
            : PartsAreNamed(type, named);

    private static bool PartsAreNamed(WitType type, HashSet<object> named) => type switch
    {
        OwnType own => named.Contains(own.Resource),
        BorrowType borrow => named.Contains(borrow.Resource),
        _ => type.Parts.All(part => IsNamed(part, named)),
    };

    private static bool ResourcesAreNamed(ComponentType type, HashSet<object> known)
    {
        HashSet<ResourceType> own = [.. type.ImportedResources, .. type.ExportedResources];
        return ResourcesAreNamed(type.Imports, own, known) && ResourcesAreNamed(type.Exports, own, known);
    }

    private static bool ResourcesAreNamed(NamedExterns externs, HashSet<ResourceType> own, HashSet<object> known)
    {
        if (!externs.MentionsResources)
        {
            return true;
        }

        foreach (var (_, type) in externs.Entries)
        {
            var named = type switch
            {
                FuncExtern func => ResourcesAreNamed(func.Type, own, known),
                TypeExtern { Type: DefinedResourceType resource } => own.Contains(resource.Type) || known.Contains(resource.Type),
                TypeExtern { Type: DefinedValueType value } => ResourcesAreNamed(value.Type, own, known),
                TypeExtern { Type: DefinedFuncType func } => ResourcesAreNamed(func.Type, own, known),
                TypeExtern { Type: DefinedInstanceType instance } =>
                    ResourcesAreNamed(instance.Type.Exports, [.. own, .. instance.Type.Resources], known),
                TypeExtern { Type: DefinedComponentType component } => NestedResourcesAreNamed(component.Type, own, known),
                InstanceExtern instance => ResourcesAreNamed(instance.Type.Exports, own, known),
                ComponentTypeExtern component => NestedResourcesAreNamed(component.Type, own, known),
                _ => true,
            };
            if (!named)
            {
                return false;
            }
        }

        return true;
    }

    private static bool NestedResourcesAreNamed(ComponentType type, HashSet<ResourceType> own, HashSet<object> known)
    {
        HashSet<ResourceType> all = [.. own, .. type.ImportedResources, .. type.ExportedResources];
        return ResourcesAreNamed(type.Imports, all, known) && ResourcesAreNamed(type.Exports, all, known);
    }

    private static bool ResourcesAreNamed(ComponentFuncType type, HashSet<ResourceType> own, HashSet<object> known) =>
        type.Parameters.All(parameter => ResourcesAreNamed(parameter.Type, own, known))
        && (type.Result is null || ResourcesAreNamed(type.Result, own, known));

    private static bool ResourcesAreNamed(WitType type, HashSet<ResourceType> own, HashSet<object> known) =>
        !type.Weight.MentionsResources || type switch
        {
            OwnType handle => own.Contains(handle.Resource) || known.Contains(handle.Resource),
            BorrowType handle => own.Contains(handle.Resource) || known.Contains(handle.Resource),
            _ => type.Parts.All(part => ResourcesAreNamed(part, own, known)),
        };
}
