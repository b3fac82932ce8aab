using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime;

/// <summary>Function reference records: what a non-null funcref points to (see <see cref="ContextLayout"/>).</summary>
internal static unsafe class FuncRef
{
    public static void Write(nint record, long typeId, nint code, nint context)
    {
        *(long*)(record + ContextLayout.FuncRefType) = typeId;
        *(nint*)(record + ContextLayout.FuncRefCode) = code;
        *(nint*)(record + ContextLayout.FuncRefContext) = context;
    }

    /// <summary>The function a record stands for; <see langword="null"/> for a null reference.</summary>
    public static Func? ToFunc(nint record)
    {
        if (record == 0)
        {
            return null;
        }

        var context = *(nint*)(record + ContextLayout.FuncRefContext);
        var handle = *(nint*)(context + ContextLayout.InstanceHandle);
        switch (GCHandle.FromIntPtr(handle).Target)
        {
            case Func host:
                return host;

            case Instance instance:
                var module = instance.Module;
                var type = (uint)Array.IndexOf(module.TypeIds, *(long*)(record + ContextLayout.FuncRefType));
                var code = *(nint*)(record + ContextLayout.FuncRefCode);
                return new Func(instance.Store, module.Definition.Types[type], code, context, module.EnterThunk(type));

            default:
                throw new InvalidOperationException("A function reference names no living owner.");
        }
    }
}
