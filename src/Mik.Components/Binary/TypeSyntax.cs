using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.Binary;

/// <summary>A type as written, with its indices.</summary>
internal abstract record TypeSyntax;

/// <summary>A primitive type, or the index of a value type.</summary>
internal readonly record struct ValueTypeSyntax(PrimitiveKind Primitive, uint? Index);

internal readonly record struct LabelledType(string Label, ValueTypeSyntax? Type);

internal sealed record PrimitiveSyntax(PrimitiveKind Kind) : TypeSyntax;

internal sealed record RecordSyntax(LabelledType[] Fields) : TypeSyntax;

internal sealed record VariantSyntax(LabelledType[] Cases) : TypeSyntax;

internal sealed record ListSyntax(ValueTypeSyntax Element) : TypeSyntax;

internal sealed record FixedListSyntax(ValueTypeSyntax Element, uint Length) : TypeSyntax;

internal sealed record MapSyntax(ValueTypeSyntax Key, ValueTypeSyntax Value) : TypeSyntax;

internal sealed record TupleSyntax(ValueTypeSyntax[] Types) : TypeSyntax;

internal sealed record FlagsSyntax(string[] Labels) : TypeSyntax;

internal sealed record EnumSyntax(string[] Labels) : TypeSyntax;

internal sealed record OptionSyntax(ValueTypeSyntax Some) : TypeSyntax;

internal sealed record ResultSyntax(ValueTypeSyntax? Ok, ValueTypeSyntax? Error) : TypeSyntax;

internal sealed record HandleSyntax(bool IsOwn, uint Resource) : TypeSyntax;

internal sealed record FuncSyntax(LabelledType[] Parameters, ValueTypeSyntax? Result) : TypeSyntax;

/// <param name="Destructor">Core function, in the index space of the component that defines the resource.</param>
internal sealed record ResourceSyntax(ValType Representation, uint? Destructor) : TypeSyntax;

internal sealed record InstanceSyntax(Definition[] Declarations) : TypeSyntax;

internal sealed record ComponentSyntax(Definition[] Declarations) : TypeSyntax;

/// <summary>An export declarator of an instance or component type; unlike a definition it has a type and no target.</summary>
internal sealed record ExportDeclaration(int Offset, ExternNameSyntax Name, ExternSyntax Type) : Definition(Offset);

/// <summary>The type of an import or export, as written.</summary>
/// <param name="Index">The type; for a fresh abstract resource there is none.</param>
internal sealed record ExternSyntax(Sort Sort, uint? Index);

internal abstract record CoreTypeSyntax;

internal sealed record CoreFuncSyntax(FuncType Type) : CoreTypeSyntax;

internal sealed record CoreModuleSyntax(CoreModuleDeclaration[] Declarations) : CoreTypeSyntax;

internal abstract record CoreModuleDeclaration(int Offset);

internal sealed record CoreImportDeclaration(int Offset, string Module, string Name, CoreExternSyntax Type)
    : CoreModuleDeclaration(Offset);

internal sealed record CoreExportDeclaration(int Offset, string Name, CoreExternSyntax Type) : CoreModuleDeclaration(Offset);

internal sealed record CoreTypeDeclaration(int Offset, CoreTypeSyntax Type) : CoreModuleDeclaration(Offset);

internal sealed record CoreOuterAliasDeclaration(int Offset, uint Count, uint Index) : CoreModuleDeclaration(Offset);

/// <summary>A core import's or export's type: a function or a tag by the index of its type, or anything else in full.</summary>
internal readonly record struct CoreExternSyntax(ExternType? Type, uint FuncType, bool IsTag = false);
