using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

// Aliases and canonical functions.
internal sealed partial class ComponentValidator
{
    private static readonly FuncType DestructorType = new([ValType.I32], []);
    private static readonly FuncType I32ToI32 = new([ValType.I32], [ValType.I32]);
    private static readonly FuncType ReallocType = new([ValType.I32, ValType.I32, ValType.I32, ValType.I32], [ValType.I32]);

    private static void AliasExport(ValidationScope scope, ExportAliasDefinition alias)
    {
        if (scope.Kind != ScopeKind.Component && alias.Sort is not (Sort.Type or Sort.Instance))
        {
            throw new ModuleValidationException("a type may only alias types and instances", alias.Offset);
        }

        var instance = ValidationScope.Get(scope.Instances, alias.Instance, "instance", alias.Offset);
        if (!instance.Exports.TryGet(alias.Name, out var export))
        {
            throw new ModuleValidationException($"instance {alias.Instance} has no export named `{alias.Name}`", alias.Offset);
        }

        var matches = alias.Sort switch
        {
            Sort.CoreModule => export is CoreModuleExtern,
            Sort.Func => export is FuncExtern,
            Sort.Type => export is TypeExtern,
            Sort.Component => export is ComponentTypeExtern,
            Sort.Instance => export is InstanceExtern,
            _ => false,
        };
        if (!matches)
        {
            throw new ModuleValidationException($"export `{alias.Name}` for instance {alias.Instance} is not a {alias.Sort.Text()}", alias.Offset);
        }

        Push(scope, export);
    }

    private static void AliasCoreExport(ValidationScope scope, CoreExportAliasDefinition alias)
    {
        if (scope.Kind != ScopeKind.Component)
        {
            throw new ModuleValidationException("a type may only alias types and instances", alias.Offset);
        }

        var instance = ValidationScope.Get(scope.CoreInstances, alias.Instance, "core instance", alias.Offset);
        if (!instance.TryGetValue(alias.Name, out var export))
        {
            throw new ModuleValidationException(
                $"core instance {alias.Instance} has no export named `{alias.Name}`", alias.Offset);
        }

        switch (alias.Sort, export)
        {
            case (Sort.CoreFunc, FuncExternType func):
                scope.CoreFuncs.Add(func.Type);
                break;
            case (Sort.CoreTable, TableType table):
                scope.CoreTables.Add(table);
                break;
            case (Sort.CoreMemory, MemoryType memory):
                scope.CoreMemories.Add(memory);
                break;
            case (Sort.CoreGlobal, GlobalType global):
                scope.CoreGlobals.Add(global);
                break;
            case (Sort.CoreTag, TagType tag):
                scope.CoreTags.Add(tag);
                break;
            default:
                throw new ModuleValidationException(
                    $"export `{alias.Name}` for core instance {alias.Instance} is not a {alias.Sort.Text()}", alias.Offset);
        }
    }

    private void AliasOuter(ValidationScope scope, OuterAliasDefinition alias)
    {
        if (scope.Kind != ScopeKind.Component && alias.Sort is not (Sort.Type or Sort.CoreType))
        {
            throw new ModuleValidationException("a type may only alias outer types", alias.Offset);
        }

        var outer = scope.Outer(alias.Count, alias.Offset);
        switch (alias.Sort)
        {
            case Sort.CoreModule:
                scope.CoreModules.Add(ValidationScope.Get(outer.CoreModules, alias.Index, "module", alias.Offset));
                break;
            case Sort.CoreType:
                scope.CoreTypes.Add(ValidationScope.Get(outer.CoreTypes, alias.Index, "core type", alias.Offset));
                break;
            case Sort.Component:
                scope.Components.Add(ValidationScope.Get(outer.Components, alias.Index, "component", alias.Offset));
                break;
            case Sort.Type:
                scope.Types.Add(AliasOuterType(scope, outer, alias));
                break;
            default:
                throw new ModuleValidationException("this sort cannot be aliased from an outer component", alias.Offset);
        }
    }

    // Each instance of the inner component would see another resource than the outer one means.
    private DefinedType AliasOuterType(ValidationScope scope, ValidationScope outer, OuterAliasDefinition alias)
    {
        var type = outer.Type(alias.Index, alias.Offset);
        _relations.Spend(TypeWeight.Of(type).Size, alias.Offset);
        for (var crossed = scope; crossed != outer; crossed = crossed.Parent!)
        {
            if (crossed.Kind == ScopeKind.Component
                && !TypeVisibility.ResourcesAreNamed(type, new HashSet<object>(ReferenceEqualityComparer.Instance)))
            {
                throw new ModuleValidationException(
                    "cannot alias outer type which transitively refers to resources not defined in the current component", alias.Offset);
            }
        }

        return type;
    }

    private void Lift(ValidationScope scope, LiftDefinition lift)
    {
        var core = ValidationScope.Get(scope.CoreFuncs, lift.CoreFunc, "core function", lift.Offset);
        var type = scope.FuncType(lift.Type, lift.Offset);
        var abi = new AbiFunc(type, _abiTypes);
        CheckOptions(scope, abi, lift.Options, lift.Offset);
        CheckMemoryNeeds(
            lift.Options,
            needsMemory: (abi.Result is { } result && AbiFunc.NeedsMemory(abi.SpillsResult, result)),
            needsRealloc: AbiFunc.NeedsMemory(abi.SpillsParameters, abi.ParameterTuple),
            lift.Offset);
        if (!core.Equals(abi.Lifted))
        {
            throw new ModuleValidationException(
                $"lowered type of the function is {abi.Lifted}, which does not match the core function's type {core}", lift.Offset);
        }

        if (lift.Options.PostReturn is { } index)
        {
            var postReturn = ValidationScope.Get(scope.CoreFuncs, index, "core function", lift.Offset);
            var expected = new FuncType(abi.Lifted.Results, []);
            if (!postReturn.Equals(expected))
            {
                throw new ModuleValidationException($"canonical option `post-return` must have type {expected}, not {postReturn}", lift.Offset);
            }
        }

        scope.Unnamed.Lift((uint)scope.Funcs.Count, lift.Type);
        scope.Funcs.Add(type);
    }

    private void Lower(ValidationScope scope, LowerDefinition lower)
    {
        var type = ValidationScope.Get(scope.Funcs, lower.Func, "function", lower.Offset);
        var abi = new AbiFunc(type, _abiTypes);
        CheckOptions(scope, abi, lower.Options, lower.Offset);
        if (lower.Options.PostReturn is not null)
        {
            throw new ModuleValidationException("canonical option `post-return` cannot be specified for lowerings", lower.Offset);
        }

        var allocates = abi.Result is { ContainsPointer: true };
        CheckMemoryNeeds(
            lower.Options,
            needsMemory: abi.SpillsResult || allocates || AbiFunc.NeedsMemory(abi.SpillsParameters, abi.ParameterTuple),
            needsRealloc: allocates,
            lower.Offset);
        scope.CoreFuncs.Add(abi.Lowered);
    }

    private static void CheckOptions(ValidationScope scope, AbiFunc abi, CanonicalOptionsSyntax options, int offset)
    {
        if (abi.SpillsParameters && abi.ParameterTuple.Size64 > ValueTypeBuilder.MaxValueSize)
        {
            throw new ModuleValidationException("the parameters of a function take too many bytes", offset);
        }

        if (options.Memory is { } memory)
        {
            if (ValidationScope.Get(scope.CoreMemories, memory, "core memory", offset).Is64)
            {
                throw new ModuleValidationException("canonical option `memory`: memories with 64-bit addresses are not supported there", offset);
            }
        }

        if (options.Realloc is { } index)
        {
            var realloc = ValidationScope.Get(scope.CoreFuncs, index, "core function", offset);
            if (options.Memory is null)
            {
                throw new ModuleValidationException("canonical option `memory` is required with `realloc`", offset);
            }

            if (!realloc.Equals(ReallocType))
            {
                throw new ModuleValidationException($"canonical option `realloc` must have type {ReallocType}, not {realloc}", offset);
            }
        }
    }

    private static void CheckMemoryNeeds(CanonicalOptionsSyntax options, bool needsMemory, bool needsRealloc, int offset)
    {
        if ((needsMemory || needsRealloc) && options.Memory is null)
        {
            throw new ModuleValidationException("canonical option `memory` is required", offset);
        }

        if (needsRealloc && options.Realloc is null)
        {
            throw new ModuleValidationException("canonical option `realloc` is required", offset);
        }
    }

    private static void AddResourceBuiltin(ValidationScope scope, ResourceBuiltinDefinition definition)
    {
        var resource = scope.Resource(definition.Type, definition.Offset);
        if (definition.Builtin != ResourceBuiltin.Drop && !scope.OwnResources.Contains(resource))
        {
            throw new ModuleValidationException($"type index {definition.Type} is not a local resource", definition.Offset);
        }

        scope.CoreFuncs.Add(definition.Builtin == ResourceBuiltin.Drop ? DestructorType : I32ToI32);
    }
}
