namespace Mik.Wasm.Runtime.Builtins;

/// <summary>What emitted code calls to throw and to catch.</summary>
internal static unsafe class ExceptionBuiltins
{
    /// <summary>Makes the exception that emitted code then throws; what it carries is in the result area.</summary>
    // spec: exec-throw
    public static Exception Create(nint context, int tag)
    {
        var type = Instance.FromContext(context).Tags[tag];

        // Safe because the store made room in the result area for every tag of its instances.
        var values = new ReadOnlySpan<ulong>((void*)ResultArea(context), type.Type.ParameterSlots);
        return new WasmException(type, [.. values]);
    }

    /// <summary>The identity of a guest exception's tag; 0 for traps and everything else that no guest may catch.</summary>
    public static long TagOf(object exception) => exception is WasmException guest ? guest.Tag.Identity : 0;

    /// <summary>Puts what an exception carries into the result area.</summary>
    public static void Unpack(nint context, object exception)
    {
        var values = ((WasmException)exception).Values;
        values.CopyTo(new Span<ulong>((void*)ResultArea(context), values.Length));
    }

    /// <summary>The number that stands for an exception among references.</summary>
    public static long ToReference(nint context, object exception) =>
        Instance.FromContext(context).Store.Exceptions.ReferenceTo((WasmException)exception);

    // spec: exec-throw_ref
    public static Exception FromReference(nint context, long reference) => Instance.FromContext(context).Store.Exceptions.Of(reference);

    private static nint ResultArea(nint context) => *(nint*)(context + ContextLayout.Results);
}
