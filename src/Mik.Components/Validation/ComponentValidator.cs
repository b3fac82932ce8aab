using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

/// <summary>
/// The security boundary of the component model: instantiation trusts what passed here. Resources are abstract: each import and
/// each definition of one is a <see cref="ResourceType"/> of its own, told apart by identity.
/// </summary>
internal sealed partial class ComponentValidator
{
    private readonly Func<CoreModuleDefinition, CoreModuleType> _compileModule;
    private readonly TypeInterner _interner = new();
    private readonly AbiTypes _abiTypes = new();
    private readonly TypeRelations _relations;
    private readonly ValueTypeBuilder _valueTypes;

    /// <param name="compileModule">Validates a core module and tells what it imports and exports.</param>
    public ComponentValidator(Func<CoreModuleDefinition, CoreModuleType> compileModule)
    {
        _compileModule = compileModule;
        _relations = new TypeRelations(_interner);
        _valueTypes = new ValueTypeBuilder(_interner, _abiTypes);
    }

    /// <summary>Validates a component with everything inside it.</summary>
    /// <exception cref="ModuleValidationException">A rule is broken.</exception>
    public ComponentType Validate(ComponentDefinition component) => Validate(component, null);

    private ComponentType Validate(ComponentDefinition component, ValidationScope? parent)
    {
        var scope = new ValidationScope(ScopeKind.Component, parent);
        foreach (var definition in component.Definitions)
        {
            Validate(scope, definition);
        }

        return ComponentTypeOf(scope, component.Offset);
    }

    private void Validate(ValidationScope scope, Definition definition)
    {
        _relations.Spend(1, definition.Offset);
        switch (definition)
        {
            case CoreModuleDefinition module:
                scope.CoreModules.Add(_compileModule(module));
                break;
            case NestedComponentDefinition nested:
                scope.Components.Add(Validate(nested.Component, scope));
                break;
            case CoreInstantiateDefinition instantiate:
                scope.CoreInstances.Add(InstantiateCore(scope, instantiate));
                break;
            case CoreInlineInstanceDefinition inline:
                scope.CoreInstances.Add(InlineCore(scope, inline));
                break;
            case InstantiateDefinition instantiate:
                scope.Instances.Add(Instantiate(scope, instantiate));
                break;
            case InlineInstanceDefinition inline:
                scope.Instances.Add(Inline(scope, inline));
                break;
            case CoreTypeDefinition type:
                scope.CoreTypes.Add(ResolveCoreType(scope, type.Type, type.Offset));
                break;
            case TypeDefinition type:
                scope.Unnamed.Define((uint)scope.Types.Count, type.Type);
                scope.Types.Add(ResolveType(scope, type.Type, type.Offset));
                break;
            case ExportAliasDefinition alias:
                AliasExport(scope, alias);
                break;
            case CoreExportAliasDefinition alias:
                AliasCoreExport(scope, alias);
                break;
            case OuterAliasDefinition alias:
                AliasOuter(scope, alias);
                break;
            case ImportDefinition import:
                Import(scope, import);
                break;
            case ExportDefinition export:
                Export(scope, export);
                break;
            case ExportDeclaration export:
                DeclareExport(scope, export);
                break;
            case LiftDefinition lift:
                Lift(scope, lift);
                break;
            case LowerDefinition lower:
                Lower(scope, lower);
                break;
            case ResourceBuiltinDefinition builtin:
                AddResourceBuiltin(scope, builtin);
                break;
            default:
                throw new ModuleValidationException("unexpected definition", definition.Offset);
        }
    }

    private static ComponentType ComponentTypeOf(ValidationScope scope, int offset)
    {
        var imported = scope.ImportedResources.ToHashSet();
        var exported = new List<ResourceType>();
        CollectResources(scope.Exports, imported, exported);
        var type = new ComponentType(scope.Imports, scope.ImportedResources, scope.Exports, exported);
        CheckWeight(TypeWeight.Of(type), offset);
        return type;
    }

    // A type is only visible from outside if it is exported by name, so these are all resources the exports mention.
    private static void CollectResources(NamedExterns externs, HashSet<ResourceType> known, List<ResourceType> found)
    {
        if (!externs.MentionsResources)
        {
            return;
        }

        foreach (var (_, type) in externs.Entries)
        {
            if (type is TypeExtern { Type: DefinedResourceType resource } && known.Add(resource.Type))
            {
                found.Add(resource.Type);
            }
            else if (type is InstanceExtern instance)
            {
                CollectResources(instance.Type.Exports, known, found);
            }
        }
    }

    private static void CheckWeight(TypeWeight weight, int offset)
    {
        if (!weight.IsAcceptable)
        {
            throw new ModuleValidationException("a type is nested too deeply or too large", offset);
        }
    }

    private void Import(ValidationScope scope, ImportDefinition import)
    {
        var fresh = new List<ResourceType>();
        var type = ResolveExtern(scope, import.Type, fresh, import.Offset);
        scope.ImportedResources.AddRange(fresh);
        scope.ImportedTypes.UnionWith(fresh);
        scope.NamedTypes.UnionWith(fresh);
        scope.ImportNames.Add(import.FullName, type, "import", import.Offset);
        scope.Imports.TryAdd(import.Name, type);
        CheckWeight(new TypeWeight(scope.Imports.Size, scope.Imports.Depth, false), import.Offset);
        if (!TypeVisibility.AddNames(type, scope.ImportedTypes, mayNameResources: false, _relations, import.Offset)
            || !TypeVisibility.AddNames(type, scope.NamedTypes, mayNameResources: false, _relations, import.Offset))
        {
            throw new ModuleValidationException($"import `{import.Name}` is not valid: it uses a type that is not imported", import.Offset);
        }

        Push(scope, type);
    }

    private void Export(ValidationScope scope, ExportDefinition export)
    {
        var type = ExternOf(scope, export.Target, export.Offset);
        if (!(export.Type is { } given ? scope.Unnamed.MayAscribe(given) : scope.Unnamed.MayExport(export.Target)))
        {
            throw NotNamed(export.Name, export.Offset);
        }

        if (export.Type is { } ascribed)
        {
            var fresh = new List<ResourceType>();
            var expected = ResolveExtern(scope, ascribed, fresh, export.Offset);
            if (_relations.Mismatch(type, expected, new Substitution(_relations, export.Offset), [.. fresh]) is { } why)
            {
                throw new ModuleValidationException(
                    $"ascribed type of export `{export.Name}` is not compatible with the item's type: {why}", export.Offset);
            }

            type = expected;
        }

        AddExport(scope, export.FullName, type, export.Offset);
    }

    private void DeclareExport(ValidationScope scope, ExportDeclaration export)
    {
        var fresh = new List<ResourceType>();
        var type = ResolveExtern(scope, export.Type, fresh, export.Offset);
        scope.ExportedResources.AddRange(fresh);
        AddExport(scope, export.Name, type, export.Offset);
    }

    private void AddExport(ValidationScope scope, ExternNameSyntax fullName, ComponentExtern type, int offset)
    {
        var name = fullName.Name;
        scope.ExportNames.Add(fullName, type, "export", offset);
        scope.Exports.TryAdd(name, type);
        CheckWeight(new TypeWeight(scope.Exports.Size, scope.Exports.Depth, false), offset);

        // An instance type is checked where an import or export uses it.
        if (scope.Kind != ScopeKind.InstanceType
            && !TypeVisibility.AddNames(type, scope.NamedTypes, mayNameResources: true, _relations, offset))
        {
            throw NotNamed(name, offset);
        }

        Push(scope, type);
    }

    private static ModuleValidationException NotNamed(string name, int offset) =>
        new($"export `{name}` is not valid: it uses a type that is neither imported nor exported", offset);

    private static void Push(ValidationScope scope, ComponentExtern type)
    {
        switch (type)
        {
            case CoreModuleExtern module:
                scope.CoreModules.Add(module.Type);
                break;
            case FuncExtern func:
                scope.Funcs.Add(func.Type);
                break;
            case TypeExtern defined:
                scope.Types.Add(defined.Type);
                break;
            case InstanceExtern instance:
                scope.Instances.Add(instance.Type);
                break;
            case ComponentTypeExtern component:
                scope.Components.Add(component.Type);
                break;
        }
    }

    /// <summary>The type of an item, as an import or export of it would have.</summary>
    private static ComponentExtern ExternOf(ValidationScope scope, SortIndex target, int offset) => target.Sort switch
    {
        Sort.CoreModule => new CoreModuleExtern(ValidationScope.Get(scope.CoreModules, target.Index, "module", offset)),
        Sort.Func => new FuncExtern(ValidationScope.Get(scope.Funcs, target.Index, "function", offset)),
        Sort.Type => new TypeExtern(scope.Type(target.Index, offset)),
        Sort.Component => new ComponentTypeExtern(ValidationScope.Get(scope.Components, target.Index, "component", offset)),
        Sort.Instance => new InstanceExtern(ValidationScope.Get(scope.Instances, target.Index, "instance", offset)),
        _ => throw new ModuleValidationException("of the core sorts only modules can be imported and exported", offset),
    };

    private InstanceType Instantiate(ValidationScope scope, InstantiateDefinition definition)
    {
        var component = ValidationScope.Get(scope.Components, definition.Component, "component", definition.Offset);
        var arguments = new Dictionary<string, ComponentExtern>(StringComparer.Ordinal);
        foreach (var argument in definition.Arguments)
        {
            if (!arguments.TryAdd(argument.Name, ExternOf(scope, argument.Target, definition.Offset)))
            {
                throw new ModuleValidationException(
                    $"instantiation argument `{argument.Name}` conflicts with a previous argument", definition.Offset);
            }
        }

        return _relations.Instantiate(component, arguments, definition.Offset);
    }

    private static InstanceType Inline(ValidationScope scope, InlineInstanceDefinition definition)
    {
        var exports = new NamedExterns();
        var names = new NameScope();
        foreach (var export in definition.Exports)
        {
            var type = ExternOf(scope, export.Target, definition.Offset);
            names.Add(export.FullName, type, "instance export", definition.Offset);
            if (export.Name.StartsWith('[') && !scope.Unnamed.MayExport(export.Target))
            {
                throw NotNamed(export.Name, definition.Offset);
            }

            exports.TryAdd(export.Name, type);
            CheckWeight(new TypeWeight(exports.Size, exports.Depth, false), definition.Offset);
        }

        return new InstanceType(exports, []);
    }

    private Dictionary<string, ExternType> InstantiateCore(ValidationScope scope, CoreInstantiateDefinition definition)
    {
        var offset = definition.Offset;
        var module = ValidationScope.Get(scope.CoreModules, definition.Module, "module", offset);
        _relations.Spend(module.Imports.Count + module.Exports.Count, offset);
        var arguments = new Dictionary<string, IReadOnlyDictionary<string, ExternType>>(StringComparer.Ordinal);
        foreach (var argument in definition.Arguments)
        {
            if (!arguments.TryAdd(argument.Name, ValidationScope.Get(scope.CoreInstances, argument.Index, "core instance", offset)))
            {
                throw new ModuleValidationException($"duplicate module instantiation argument named `{argument.Name}`", offset);
            }
        }

        foreach (var ((from, name), required) in module.Imports)
        {
            if (!arguments.TryGetValue(from, out var instance))
            {
                throw new ModuleValidationException($"missing module instantiation argument named `{from}`", offset);
            }

            if (!instance.TryGetValue(name, out var given))
            {
                throw new ModuleValidationException($"module instantiation argument `{from}` does not export an item named `{name}`", offset);
            }

            if (!given.Matches(required))
            {
                throw new ModuleValidationException($"type mismatch for `{from}::{name}`: expected {required}, found {given}", offset);
            }
        }

        return (Dictionary<string, ExternType>)module.Exports;
    }

    private static Dictionary<string, ExternType> InlineCore(ValidationScope scope, CoreInlineInstanceDefinition definition)
    {
        var exports = new Dictionary<string, ExternType>(StringComparer.Ordinal);
        foreach (var export in definition.Exports)
        {
            var index = export.Target.Index;
            ExternType type = export.Target.Sort switch
            {
                Sort.CoreFunc => new FuncExternType(ValidationScope.Get(scope.CoreFuncs, index, "core function", definition.Offset)),
                Sort.CoreTable => ValidationScope.Get(scope.CoreTables, index, "core table", definition.Offset),
                Sort.CoreMemory => ValidationScope.Get(scope.CoreMemories, index, "core memory", definition.Offset),
                Sort.CoreGlobal => ValidationScope.Get(scope.CoreGlobals, index, "core global", definition.Offset),
                Sort.CoreTag => ValidationScope.Get(scope.CoreTags, index, "core tag", definition.Offset),
                _ => throw new ModuleValidationException("a core instance cannot export this sort", definition.Offset),
            };
            if (!exports.TryAdd(export.Name, type))
            {
                throw new ModuleValidationException($"duplicate instantiation export name `{export.Name}`", definition.Offset);
            }
        }

        return exports;
    }
}
