using Mik.Components.Runtime;

namespace Mik.Wasi.Tests;

/// <summary>
/// Plays a guest: calls host functions by WIT name, as linked, and checks every argument and result against the declared type.
/// </summary>
internal sealed class Guest(WasiContext? context = null) : IDisposable
{
    public WasiContext Context { get; } = context ?? new WasiContext();

    public ComponentValue Call(string name, params ReadOnlySpan<ComponentValue> arguments)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        var function = WasiHost.Interfaces.Single(each => each.Name == name[..hash]).Functions.Single(each => each.Name == name[(hash + 1)..]);
        Assert.Equal(function.Type.Parameters.Length, arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
        {
            ValueShape.Check(function.Type.Parameters[i].Type, arguments[i], $"{name} argument {i}");
        }

        var result = function.Function(Context, arguments);
        if (function.Type.Result is { } type)
        {
            ValueShape.Check(type, result, $"{name} result");
        }

        return result;
    }

    public ComponentValue Http(string name, params ReadOnlySpan<ComponentValue> arguments) => Call("wasi:http/types#" + name, arguments);

    public ComponentValue Stream(string name, params ReadOnlySpan<ComponentValue> arguments) => Call("wasi:io/streams#" + name, arguments);

    /// <summary>The payload of a result that must be ok.</summary>
    public static ComponentValue Ok(ComponentValue result)
    {
        Assert.Equal(0, result.Case);
        return result.Payload;
    }

    public static ComponentValue Some(ComponentValue option)
    {
        Assert.True(option.IsSome);
        return option.Payload;
    }

    public static ComponentValue Text(string text) => ComponentValue.String(text);

    public static ComponentValue Bytes(string text) => ComponentValue.Bytes(Encoding.UTF8.GetBytes(text));

    public static string TextOf(ComponentValue bytes) => Encoding.UTF8.GetString(bytes.AsBytes.Span);

    public static void Drop(ComponentValue handle) => ((GuestResource)handle.Reference!).Drop();

    public ComponentValue Headers(params ReadOnlySpan<(string Name, string Value)> entries)
    {
        var list = new List<ComponentValue>();
        foreach (var (name, value) in entries)
        {
            list.Add(ComponentValue.Values(Text(name), Bytes(value)));
        }

        return Ok(Http("[static]fields.from-list", ComponentValue.Values([.. list])));
    }

    public void Dispose() => Context.Dispose();
}
