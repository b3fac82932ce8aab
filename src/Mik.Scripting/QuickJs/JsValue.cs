namespace Mik.Scripting.QuickJs;

/// <summary>
/// The address of a JavaScript value that the host owns and must free with <see cref="QuickJsVm.Free"/>, unless it is passed to
/// QuickJS as the result of a host function.
/// </summary>
internal readonly record struct JsValue(uint Address)
{
    /// <summary>No value at all.</summary>
    public static JsValue None => default;

    public bool IsNone => Address == 0;
}

/// <summary>The arguments of a call from JavaScript to the host; valid during the call.</summary>
internal readonly ref struct HostArguments(QuickJsVm vm, uint addresses)
{
    /// <summary>The argument as it is; not owned.</summary>
    public JsValue this[int index] => QuickJsVm.Argument(addresses, index);

    /// <summary>The kind of the argument.</summary>
    public JsTag Tag(int index) => vm.TagOf(this[index]);

    public double Number(int index) => vm.GetNumber(this[index]);

    public string Text(int index) => vm.GetText(this[index]);

    public byte[] Utf8(int index) => vm.GetUtf8(this[index]);

    public byte[] Bytes(int index) => vm.GetBytes(this[index]);
}
