namespace Mik.Scripting.TypeScript;

/// <summary>
/// The JavaScript values that a wasm-bindgen module holds by number. A value is <see cref="Undefined"/>, <see langword="null"/>,
/// a <see cref="bool"/>, <see cref="double"/> or <see cref="string"/>, or an object as a dictionary.
/// </summary>
internal sealed class BindgenHeap
{
    /// <summary>JavaScript's <c>undefined</c>.</summary>
    public static readonly object Undefined = new();

    // Numbers below 132 are fixed: 128 undefined, 129 null, 130 true, 131 false.
    private const int FirstFree = 132;

    private readonly List<object?> _values = [.. Enumerable.Repeat(Undefined, 129), null, true, false];
    private readonly Stack<int> _free = [];

    public object? this[ulong handle] => _values[(int)(uint)handle];

    public uint Add(object? value)
    {
        if (_free.TryPop(out var handle))
        {
            _values[handle] = value;
            return (uint)handle;
        }

        _values.Add(value);
        return (uint)(_values.Count - 1);
    }

    /// <summary>The value, which the module gives up.</summary>
    public object? Take(ulong handle)
    {
        var value = this[handle];
        Drop(handle);
        return value;
    }

    public void Drop(ulong handle)
    {
        var index = (int)(uint)handle;
        if (index >= FirstFree)
        {
            _values[index] = Undefined;
            _free.Push(index);
        }
    }
}
