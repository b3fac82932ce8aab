using Mik.Components.Binary;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

// Type definitions and the types of imports and exports.
internal sealed partial class ComponentValidator
{
    private DefinedType ResolveType(ValidationScope scope, TypeSyntax syntax, int offset)
    {
        switch (syntax)
        {
            case FuncSyntax func:
                return new DefinedFuncType(_valueTypes.BuildFunc(func, new TypeSpace(scope), offset));
            case ResourceSyntax resource:
                return ResolveResource(scope, resource, offset);
            case InstanceSyntax instance:
                return new DefinedInstanceType(ResolveInstanceType(scope, instance, offset));
            case ComponentSyntax component:
                var inner = new ValidationScope(ScopeKind.ComponentType, scope);
                ValidateDeclarations(inner, component.Declarations);
                var type = new ComponentType(inner.Imports, inner.ImportedResources, inner.Exports, inner.ExportedResources);
                CheckWeight(TypeWeight.Of(type), offset);
                return new DefinedComponentType(type);
            default:
                return new DefinedValueType(_valueTypes.Build(syntax, new TypeSpace(scope), offset));
        }
    }

    private static DefinedResourceType ResolveResource(ValidationScope scope, ResourceSyntax syntax, int offset)
    {
        if (scope.Kind != ScopeKind.Component)
        {
            throw new ModuleValidationException("resources can only be defined within a concrete component", offset);
        }

        if (syntax.Representation != ValType.I32)
        {
            throw new ModuleValidationException("resources can only be represented by `i32`", offset);
        }

        if (syntax.Destructor is { } index)
        {
            var destructor = ValidationScope.Get(scope.CoreFuncs, index, "core function", offset);
            if (!destructor.Equals(DestructorType))
            {
                throw new ModuleValidationException($"a destructor must have type {DestructorType}, not {destructor}", offset);
            }
        }

        var resource = new ResourceType("resource");
        scope.OwnResources.Add(resource);
        return new DefinedResourceType(resource);
    }

    private InstanceType ResolveInstanceType(ValidationScope scope, InstanceSyntax syntax, int offset)
    {
        var inner = new ValidationScope(ScopeKind.InstanceType, scope);
        ValidateDeclarations(inner, syntax.Declarations);
        var type = new InstanceType(inner.Exports, inner.ExportedResources);
        CheckWeight(TypeWeight.Of(type), offset);
        return type;
    }

    private void ValidateDeclarations(ValidationScope scope, Definition[] declarations)
    {
        foreach (var declaration in declarations)
        {
            Validate(scope, declaration);
        }
    }

    /// <summary>Resolves the type of an import or export; the abstract resources it introduces are added to <paramref name="fresh"/>.</summary>
    private ComponentExtern ResolveExtern(ValidationScope scope, ExternSyntax syntax, List<ResourceType> fresh, int offset)
    {
        if (syntax.Index is not { } index)
        {
            var resource = new ResourceType("resource");
            fresh.Add(resource);
            return new TypeExtern(new DefinedResourceType(resource));
        }

        switch (syntax.Sort)
        {
            case Sort.CoreModule:
                return ValidationScope.Get(scope.CoreTypes, index, "core type", offset).Module is { } module
                    ? new CoreModuleExtern(module)
                    : throw new ModuleValidationException($"core type index {index} is not a module type", offset);
            case Sort.Func:
                return new FuncExtern(scope.FuncType(index, offset));
            case Sort.Type:
                return new TypeExtern(scope.Type(index, offset));
            case Sort.Instance:
                return scope.Type(index, offset) is DefinedInstanceType instance
                    ? new InstanceExtern(_relations.Open(instance.Type, fresh, offset))
                    : throw new ModuleValidationException($"type index {index} is not an instance type", offset);
            default:
                return scope.Type(index, offset) is DefinedComponentType component
                    ? new ComponentTypeExtern(component.Type)
                    : throw new ModuleValidationException($"type index {index} is not a component type", offset);
        }
    }

    private CoreType ResolveCoreType(ValidationScope scope, CoreTypeSyntax syntax, int offset) => syntax switch
    {
        CoreFuncSyntax func => new CoreType(func.Type, null),
        CoreModuleSyntax module => new CoreType(null, ResolveModuleType(scope, module)),
        _ => throw new ModuleValidationException("unexpected core type", offset),
    };

    private CoreModuleType ResolveModuleType(ValidationScope scope, CoreModuleSyntax syntax)
    {
        var types = new List<FuncType>();
        var imports = new Dictionary<(string, string), ExternType>();
        var exports = new Dictionary<string, ExternType>(StringComparer.Ordinal);
        foreach (var declaration in syntax.Declarations)
        {
            _relations.Spend(1, declaration.Offset);
            switch (declaration)
            {
                case CoreTypeDeclaration { Type: CoreFuncSyntax func }:
                    types.Add(func.Type);
                    break;
                case CoreTypeDeclaration:
                    throw new ModuleValidationException("module types cannot be nested", declaration.Offset);
                case CoreOuterAliasDeclaration alias:
                    types.Add(OuterCoreFuncType(scope, types, alias));
                    break;
                case CoreImportDeclaration import:
                    if (!imports.TryAdd((import.Module, import.Name), ResolveCoreExtern(types, import.Type, import.Offset)))
                    {
                        throw new ModuleValidationException($"duplicate import name `{import.Module}:{import.Name}`", import.Offset);
                    }

                    break;
                case CoreExportDeclaration export:
                    if (!exports.TryAdd(export.Name, ResolveCoreExtern(types, export.Type, export.Offset)))
                    {
                        throw new ModuleValidationException($"export name `{export.Name}` already defined", export.Offset);
                    }

                    break;
            }
        }

        return new CoreModuleType { Imports = imports, Exports = exports };
    }

    private static FuncType OuterCoreFuncType(ValidationScope scope, List<FuncType> own, CoreOuterAliasDeclaration alias)
    {
        if (alias.Count == 0)
        {
            return ValidationScope.Get(own, alias.Index, "core type", alias.Offset);
        }

        var outer = scope.Outer(alias.Count - 1, alias.Offset);
        return ValidationScope.Get(outer.CoreTypes, alias.Index, "core type", alias.Offset).Func
            ?? throw new ModuleValidationException("a module type cannot alias a module type", alias.Offset);
    }

    private static ExternType ResolveByIndex(List<FuncType> types, CoreExternSyntax syntax, int offset)
    {
        var type = ValidationScope.Get(types, syntax.FuncType, "core type", offset);
        if (!syntax.IsTag)
        {
            return new FuncExternType(type);
        }

        return type.Results.Length == 0 ? new TagType(type) : throw new ModuleValidationException("non-empty tag result type", offset);
    }

    private static ExternType ResolveCoreExtern(List<FuncType> types, CoreExternSyntax syntax, int offset)
    {
        var type = syntax.Type ?? ResolveByIndex(types, syntax, offset);
        var limits = type switch
        {
            MemoryType memory => memory.Limits,
            TableType table => table.Limits,
            _ => default,
        };
        const ulong MaxPages = 1UL << 16;
        const ulong MaxPages64 = 1UL << 48;
        if (limits.Max is { } max && max < limits.Min)
        {
            throw new ModuleValidationException("size minimum must not be greater than maximum", offset);
        }

        if (type is MemoryType { Is64: var is64 } && Math.Max(limits.Min, limits.Max ?? 0) > (is64 ? MaxPages64 : MaxPages))
        {
            throw new ModuleValidationException($"memory size must be at most {(is64 ? "2**48 pages" : "65536 pages (4GiB)")}", offset);
        }

        return type;
    }

    private readonly struct TypeSpace(ValidationScope scope) : ITypeSpace
    {
        public WitType ValueType(uint index, int offset) =>
            scope.Type(index, offset) is DefinedValueType value
                ? value.Type
                : throw new ModuleValidationException($"type index {index} is not a defined value type", offset);

        public ResourceType Resource(uint index, int offset) => scope.Resource(index, offset);
    }
}
