using Mik.Components.CanonicalAbi;
using Mik.Components.Linking;
using Mik.Components.Types;

namespace Mik.Components.Runtime;

/// <summary>An exported function.</summary>
public sealed class ComponentFunc
{
    private readonly ComponentInstance _instance;
    private readonly FuncItem _function;

    internal ComponentFunc(ComponentInstance instance, FuncItem function)
    {
        _instance = instance;
        _function = function;
    }

    /// <summary>Its signature.</summary>
    public ComponentFuncType Type => _function.Type;

    /// <summary>Calls it: lowers the arguments, runs the guest, lifts the result, runs post-return.</summary>
    /// <exception cref="Wasm.Runtime.TrapException">The guest trapped.</exception>
    public ComponentValue Call(params ReadOnlySpan<ComponentValue> arguments)
    {
        if (arguments.Length != Type.Parameters.Length)
        {
            throw new ArgumentException($"The function takes {Type.Parameters.Length} arguments, not {arguments.Length}.");
        }

        _instance.CheckUsable();
        if (_function.Host is { } host)
        {
            return host(_instance.State, arguments);
        }

        var succeeded = false;
        try
        {
            var lifted = _function.Lifted!;
            var call = new LiftedCall(_instance, lifted, lifted.EnteredFromHost, resultIsForHost: true);
            var result = call.Start(arguments);
            call.Finish();
            succeeded = true;
            return result;
        }
        finally
        {
            if (!succeeded)
            {
                _instance.Poison();
            }
        }
    }
}
