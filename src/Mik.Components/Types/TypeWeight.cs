using System.Collections.Immutable;

namespace Mik.Components.Types;

/// <summary>
/// How large a type is when written out. Types are shared, so a few bytes of a component can describe a type that is
/// exponentially large when walked; whoever builds a type checks its weight first.
/// </summary>
internal readonly record struct TypeWeight(long Size, int Depth, bool MentionsResources)
{
    /// <summary>Deepest nesting; also bounds the recursion of everything that walks types and values.</summary>
    public const int MaxDepth = 100;

    /// <summary>Largest size; the reference implementations use the same.</summary>
    public const long MaxSize = 1_000_000;

    public static readonly TypeWeight Leaf = new(1, 1, false);

    public static readonly TypeWeight Handle = new(1, 1, true);

    public bool IsAcceptable => Size <= MaxSize && Depth <= MaxDepth;

    public static TypeWeight OfLabels(ImmutableArray<string> labels) => new(1 + labels.Length, 1, false);

    public static TypeWeight OfAll<T>(ImmutableArray<T> parts, Func<T, WitType?> typeOf)
    {
        var weight = Leaf;
        foreach (var part in parts)
        {
            weight = weight.With(typeOf(part)?.Weight ?? Leaf);
        }

        return weight.Nested();
    }

    public static TypeWeight Of(ComponentExtern type) => type switch
    {
        CoreModuleExtern module => new(1 + module.Type.Imports.Count + module.Type.Exports.Count, 1, false),
        FuncExtern func => Of(func.Type),
        TypeExtern defined => Of(defined.Type),
        InstanceExtern instance => Of(instance.Type),
        ComponentTypeExtern component => Of(component.Type),
        _ => Leaf,
    };

    public static TypeWeight Of(DefinedType type) => type switch
    {
        DefinedValueType value => value.Type.Weight,
        DefinedFuncType func => Of(func.Type),
        DefinedResourceType => Handle,
        DefinedInstanceType instance => Of(instance.Type),
        DefinedComponentType component => Of(component.Type),
        _ => Leaf,
    };

    public static TypeWeight Of(InstanceType type) => Of(type.Exports);

    public static TypeWeight Of(ComponentType type) => Of(type.Imports).With(Of(type.Exports));

    public static TypeWeight Of(ComponentFuncType type)
    {
        var weight = type.Result?.Weight ?? Leaf;
        foreach (var parameter in type.Parameters)
        {
            weight = weight.With(parameter.Type.Weight);
        }

        return weight;
    }

    /// <summary>The weight of something that consists of this and another part.</summary>
    public TypeWeight With(TypeWeight other) =>
        new(Size + other.Size, Math.Max(Depth, other.Depth), MentionsResources || other.MentionsResources);

    /// <summary>The weight of a type constructor around this.</summary>
    public TypeWeight Nested() => this with { Size = Size + 1, Depth = Depth + 1 };

    private static TypeWeight Of(NamedExterns externs) => new(externs.Size, externs.Depth, externs.MentionsResources);
}
