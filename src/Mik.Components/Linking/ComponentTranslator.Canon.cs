using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Components.Linking;

// Canonical functions.
internal sealed partial class ComponentTranslator
{
    private FuncItem Lift(TranslationScope scope, LiftDefinition definition)
    {
        var type = ((DefinedFuncType)scope.Types[(int)definition.Type]!).Type;
        var lifted = new LiftedFunc(
            new AbiFunc(type, _abiTypes),
            scope.CoreFuncs[(int)definition.CoreFunc],
            OptionsOf(scope, definition.Options),
            scope.Instance,
            scope.Path);
        return new FuncItem(type, null, lifted);
    }

    private Trampoline Lower(TranslationScope scope, LowerDefinition definition)
    {
        var function = scope.Funcs[(int)definition.Func];
        var options = OptionsOf(scope, definition.Options);
        return function.Host is { } host
            ? new HostTrampoline(host, new AbiFunc(function.Type, _abiTypes), options, scope.Instance)
            : new GuestTrampoline(
                function.Lifted!,
                function.Lifted!.Abi,
                options,
                scope.Instance,
                Entered(function.Lifted.EnteredFromHost, scope.Path));
    }

    private static Trampoline ResourceBuiltinOf(TranslationScope scope, ResourceBuiltinDefinition definition)
    {
        var resource = scope.Resource(definition.Type, definition.Offset);
        return definition.Builtin switch
        {
            ResourceBuiltin.New => new ResourceNewTrampoline(resource, scope.Instance),
            ResourceBuiltin.Rep => new ResourceRepTrampoline(resource, scope.Instance),
            _ => new ResourceDropTrampoline(
                resource, scope.Instance, resource is GuestResourceType guest ? Entered(guest.Path, scope.Path) : []),
        };
    }

    /// <summary>The instances that a call enters: the callee and those around it that the caller is not already in.</summary>
    // cabi: ComponentInstance.entering_set
    private static int[] Entered(int[] callee, int[] caller) => [.. callee.Except(caller)];

    private static CanonicalOptions OptionsOf(TranslationScope scope, CanonicalOptionsSyntax options) => new(
        options.Encoding,
        options.Memory is { } memory ? scope.CoreMemories[(int)memory] : -1,
        options.Realloc is { } realloc ? scope.CoreFuncs[(int)realloc] : -1,
        options.PostReturn is { } postReturn ? scope.CoreFuncs[(int)postReturn] : -1);
}
