using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>
/// Makes the plan of a component by walking it as instantiation would, with every nested component where it is instantiated. All
/// of it is known in advance, down to which resource each handle type means; only core modules run later. The component is valid,
/// so indices and kinds are not checked again.
/// </summary>
internal sealed partial class ComponentTranslator(Component component)
{
    // A few bytes can instantiate a component twice inside one that is instantiated twice, and so on.
    private const int MaxDefinitions = 1_000_000;
    private const int MaxInstances = 1000;

    private readonly List<InstantiationStep> _steps = [];
    private readonly Dictionary<(int Instance, string Name), int> _extracted = [];
    private readonly AbiTypes _abiTypes = new();
    private readonly ValueTypeBuilder _valueTypes = new(new TypeInterner(), new AbiTypes());
    private int _externs;
    private int _coreInstances;
    private int _guestInstances;
    private int _definitions;

    public ComponentPlan Translate(IReadOnlyDictionary<string, Item> imports)
    {
        var root = Instantiate(new ComponentItem(component.Definition, null), imports, []);
        return new ComponentPlan
        {
            Steps = [.. _steps],
            ExternCount = _externs,
            CoreInstanceCount = _coreInstances,
            GuestInstanceCount = _guestInstances,
            Exports = root.Exports,
        };
    }

    private InstanceItem Instantiate(ComponentItem item, IReadOnlyDictionary<string, Item> arguments, int[] parents)
    {
        if (parents.Length > ComponentDecoder.MaxNesting || _guestInstances == MaxInstances || _coreInstances > MaxInstances)
        {
            throw new LinkException($"component {component.Name} instantiates too many components inside each other");
        }

        var scope = new TranslationScope(item.Outer, [_guestInstances++, .. parents]);
        var exports = new Dictionary<string, Item>(StringComparer.Ordinal);
        foreach (var definition in item.Definition.Definitions)
        {
            if (++_definitions > MaxDefinitions)
            {
                throw new LinkException($"component {component.Name} instantiates too many definitions");
            }

            switch (definition)
            {
                case ImportDefinition import:
                    Push(scope, arguments[import.Name]);
                    break;
                case ExportDefinition export:
                    var exported = ItemAt(scope, export.Target);
                    exports.Add(export.Name, exported);
                    Push(scope, exported);
                    break;
                default:
                    Translate(scope, definition);
                    break;
            }
        }

        return new InstanceItem(exports);
    }

    private void Translate(TranslationScope scope, Definition definition)
    {
        switch (definition)
        {
            case CoreModuleDefinition module:
                scope.CoreModules.Add(component.Modules[module]);
                break;
            case NestedComponentDefinition nested:
                scope.Components.Add(new ComponentItem(nested.Component, scope));
                break;
            case CoreInstantiateDefinition instantiate:
                scope.CoreInstances.Add(InstantiateCore(scope, instantiate));
                break;
            case CoreInlineInstanceDefinition inline:
                scope.CoreInstances.Add(InlineCore(scope, inline));
                break;
            case InstantiateDefinition instantiate:
                var arguments = new Dictionary<string, Item>(StringComparer.Ordinal);
                foreach (var argument in instantiate.Arguments)
                {
                    arguments.Add(argument.Name, ItemAt(scope, argument.Target));
                }

                scope.Instances.Add(Instantiate(scope.Components[(int)instantiate.Component], arguments, scope.Path));
                break;
            case InlineInstanceDefinition inline:
                var exports = new Dictionary<string, Item>(StringComparer.Ordinal);
                foreach (var export in inline.Exports)
                {
                    exports.Add(export.Name, ItemAt(scope, export.Target));
                }

                scope.Instances.Add(new InstanceItem(exports));
                break;
            case TypeDefinition type:
                scope.Types.Add(ResolveType(scope, type));
                break;
            case ExportAliasDefinition alias:
                Push(scope, scope.Instances[(int)alias.Instance].Exports[alias.Name]);
                break;
            case CoreExportAliasDefinition alias:
                CoreSpace(scope, alias.Sort).Add(CoreExport(scope.CoreInstances[(int)alias.Instance], alias.Name));
                break;
            case OuterAliasDefinition alias:
                AliasOuter(scope, alias);
                break;
            case LiftDefinition lift:
                scope.Funcs.Add(Lift(scope, lift));
                break;
            case LowerDefinition lower:
                scope.CoreFuncs.Add(AddTrampoline(Lower(scope, lower)));
                break;
            case ResourceBuiltinDefinition builtin:
                scope.CoreFuncs.Add(AddTrampoline(ResourceBuiltinOf(scope, builtin)));
                break;
        }
    }

    private CoreInstanceItem InstantiateCore(TranslationScope scope, CoreInstantiateDefinition definition)
    {
        var module = scope.CoreModules[(int)definition.Module];
        var arguments = definition.Arguments.ToDictionary(
            static argument => argument.Name, argument => scope.CoreInstances[(int)argument.Index], StringComparer.Ordinal);
        _definitions += module.Imports.Count;
        var imports = new int[module.Imports.Count];
        for (var i = 0; i < imports.Length; i++)
        {
            var import = module.Imports[i];
            imports[i] = CoreExport(arguments[import.Module], import.Name);
        }

        var slot = _coreInstances++;
        _steps.Add(new InstantiateModuleStep(module, imports, slot));
        return new CoreInstanceItem(slot, null);
    }

    private static CoreInstanceItem InlineCore(TranslationScope scope, CoreInlineInstanceDefinition definition)
    {
        var exports = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var export in definition.Exports)
        {
            exports.Add(export.Name, CoreSpace(scope, export.Target.Sort)[(int)export.Target.Index]);
        }

        return new CoreInstanceItem(-1, exports);
    }

    /// <summary>Slot of a core instance's export, which is fetched once per instantiation.</summary>
    private int CoreExport(CoreInstanceItem instance, string name)
    {
        if (instance.Exports is { } bundle)
        {
            return bundle[name];
        }

        if (!_extracted.TryGetValue((instance.Slot, name), out var slot))
        {
            slot = _externs++;
            _extracted.Add((instance.Slot, name), slot);
            _steps.Add(new ExtractExportStep(instance.Slot, name, slot));
        }

        return slot;
    }

    private int AddTrampoline(Trampoline trampoline)
    {
        var slot = _externs++;
        _steps.Add(new TrampolineStep(trampoline, slot));
        return slot;
    }

    private static List<int> CoreSpace(TranslationScope scope, Sort sort) => sort switch
    {
        Sort.CoreFunc => scope.CoreFuncs,
        Sort.CoreTable => scope.CoreTables,
        Sort.CoreMemory => scope.CoreMemories,
        Sort.CoreTag => scope.CoreTags,
        _ => scope.CoreGlobals,
    };

    private static Item ItemAt(TranslationScope scope, SortIndex target) => target.Sort switch
    {
        Sort.CoreModule => new ModuleItem(scope.CoreModules[(int)target.Index]),
        Sort.Func => scope.Funcs[(int)target.Index],
        Sort.Type => new TypeItem(scope.Types[(int)target.Index]),
        Sort.Component => scope.Components[(int)target.Index],
        _ => scope.Instances[(int)target.Index],
    };

    private static void Push(TranslationScope scope, Item item)
    {
        switch (item)
        {
            case ModuleItem module:
                scope.CoreModules.Add(module.Module);
                break;
            case FuncItem func:
                scope.Funcs.Add(func);
                break;
            case TypeItem type:
                scope.Types.Add(type.Type);
                break;
            case ComponentItem nested:
                scope.Components.Add(nested);
                break;
            case InstanceItem instance:
                scope.Instances.Add(instance);
                break;
        }
    }

    private static void AliasOuter(TranslationScope scope, OuterAliasDefinition alias)
    {
        var outer = scope.OuterBy(alias.Count);
        switch (alias.Sort)
        {
            case Sort.CoreModule:
                scope.CoreModules.Add(outer.CoreModules[(int)alias.Index]);
                break;
            case Sort.Component:
                scope.Components.Add(outer.Components[(int)alias.Index]);
                break;
            case Sort.Type:
                scope.Types.Add(outer.Types[(int)alias.Index]);
                break;
        }
    }

    private DefinedType? ResolveType(TranslationScope scope, TypeDefinition definition) => definition.Type switch
    {
        InstanceSyntax or ComponentSyntax => null,
        FuncSyntax func => new DefinedFuncType(_valueTypes.BuildFunc(func, scope, definition.Offset)),
        ResourceSyntax resource => new DefinedResourceType(new GuestResourceType(
            "resource", scope.Path, resource.Destructor is { } index ? scope.CoreFuncs[(int)index] : -1)),
        _ => new DefinedValueType(_valueTypes.Build(definition.Type, scope, definition.Offset)),
    };
}
