using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>Headers or trailers. wit: wasi:http/types#fields</summary>
internal sealed class Fields : GuestResource
{
    private const int InvalidSyntax = 0;
    private const int Forbidden = 1;
    private const int Immutable = 2;

    private static readonly WitType HeaderError =
        Variant(new("invalid-syntax", null), new("forbidden", null), new("immutable", null));

    private readonly List<Field> _entries;
    private readonly bool _immutable;
    private int _size;

    private Fields(WasiContext context, GuestResource? parent, List<Field> entries, bool immutable)
        : base(context, parent)
    {
        _entries = entries;
        _immutable = immutable;
        _size = SizeOf(entries);
        if (parent is null)
        {
            Charge(_size);
        }
    }

    public static HostResourceType Type { get; } = TypeOf("fields");

    /// <summary>What is in it. Survives the resource, so that requests and responses keep the list and not the fields.</summary>
    public List<Field> Entries => _entries;

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var name = new WitField("name", WitType.String);
        var entries = List(Tuple(WitType.String, List(U8)));
        var done = Result(null, HeaderError);
        target
            .Resource(Type)
            .Func("[constructor]fields", Construct, Own(Type))
            .Func("[static]fields.from-list", FromList, Result(Own(Type), HeaderError), new WitField("entries", entries))
            .Func("[method]fields.get", Get, List(List(U8)), self, name)
            .Func("[method]fields.has", Has, Bool, self, name)
            .Func("[method]fields.set", Set, done, self, name, new WitField("value", List(List(U8))))
            .Func("[method]fields.delete", Delete, done, self, name)
            .Func("[method]fields.append", Append, done, self, name, new WitField("value", List(U8)))
            .Func("[method]fields.entries", GetEntries, entries, self)
            .Func("[method]fields.clone", Clone, Own(Type), self);
    }

    /// <summary>A view that cannot be changed, as a child of the message it belongs to.</summary>
    public static Fields ViewOf(GuestResource parent, List<Field> entries) => new(parent.Context, parent, entries, immutable: true);

    /// <summary>What the other side sent, as guests see it: names in lower case, without what concerns the connection.</summary>
    public static List<Field> Receive(IEnumerable<HttpField> fields)
    {
        var entries = new List<Field>();
        foreach (var field in fields)
        {
            if (!FieldRules.IsForbidden(field.Name))
            {
                entries.Add(new Field(field.Name.ToLowerInvariant(), FieldRules.ToBytes(field.Value)));
            }
        }

        return entries;
    }

    /// <summary>What the guest set, as it is sent.</summary>
    public static List<HttpField> Send(List<Field> entries) =>
        entries.ConvertAll(static entry => new HttpField(entry.Name, FieldRules.ToText(entry.Value)));

    /// <summary>The number a <c>content-length</c> among the entries announces.</summary>
    public static long? ContentLengthOf(List<Field> entries)
    {
        var entry = entries.Find(static entry => NameIs(entry, "content-length"));
        return entry.Value is not null && long.TryParse(entry.Value, System.Globalization.NumberStyles.None, null, out var length) ? length : null;
    }

    /// <summary>Whether every <c>content-length</c> among the entries is the same number.</summary>
    public static bool HasOneLength(List<Field> entries) =>
        ContentLengthOf(entries) is { } length
            ? entries.TrueForAll(entry => !NameIs(entry, "content-length") || ContentLengthOf([entry]) == length)
            : !entries.Exists(static entry => NameIs(entry, "content-length"));

    // wit: wasi:http/types#fields.constructor
    internal static ComponentValue Construct(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new Fields(WasiContext.Of(state), null, [], immutable: false).ToValue();

    // wit: wasi:http/types#fields.from-list
    internal static ComponentValue FromList(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var fields = new Fields(WasiContext.Of(state), null, [], immutable: false);
        foreach (var pair in arguments[0].AsValues)
        {
            var entry = pair.AsValues;
            if (fields.Add(entry[0].AsString, entry[1].AsBytes) is { } error)
            {
                fields.Drop();
                return Failed(error);
            }
        }

        return ComponentValue.Ok(fields.ToValue());
    }

    // wit: wasi:http/types#fields.get
    internal static ComponentValue Get(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var name = arguments[1].AsString;
        var values = new List<ComponentValue>();
        foreach (var entry in Of(arguments)._entries)
        {
            if (NameIs(entry, name))
            {
                values.Add(ComponentValue.Bytes(entry.Value));
            }
        }

        return ComponentValue.Values([.. values]);
    }

    // wit: wasi:http/types#fields.has
    internal static ComponentValue Has(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var name = arguments[1].AsString;
        return ComponentValue.Bool(Of(arguments)._entries.Exists(entry => NameIs(entry, name)));
    }

    // wit: wasi:http/types#fields.set
    internal static ComponentValue Set(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var fields = Of(arguments);
        var name = arguments[1].AsString;
        if (fields.CheckChange(name) is { } error)
        {
            return Failed(error);
        }

        foreach (var value in arguments[2].AsValues)
        {
            if (!FieldRules.IsValue(value.AsBytes.Span))
            {
                return Failed(InvalidSyntax);
            }
        }

        fields.Remove(name);
        foreach (var value in arguments[2].AsValues)
        {
            fields.Add(name, value.AsBytes);
        }

        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#fields.delete
    internal static ComponentValue Delete(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var fields = Of(arguments);
        var name = arguments[1].AsString;
        if (fields.CheckChange(name) is { } error)
        {
            return Failed(error);
        }

        fields.Remove(name);
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#fields.append
    internal static ComponentValue Append(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = Of(arguments).Add(arguments[1].AsString, arguments[2].AsBytes);
        return error is { } code ? Failed(code) : ComponentValue.Ok();
    }

    // wit: wasi:http/types#fields.entries
    internal static ComponentValue GetEntries(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Values([.. Of(arguments)._entries.Select(static entry =>
            ComponentValue.Values(ComponentValue.String(entry.Name), ComponentValue.Bytes(entry.Value)))]);

    // wit: wasi:http/types#fields.clone
    internal static ComponentValue Clone(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new Fields(WasiContext.Of(state), null, [.. Of(arguments)._entries], immutable: false).ToValue();

    private static Fields Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<Fields>();

    private static ComponentValue Failed(int headerError) => ComponentValue.Error(ComponentValue.OfCase(headerError));

    private static bool NameIs(Field entry, string name) => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What entries take, about.</summary>
    public static int SizeOf(List<Field> entries) => entries.Sum(static entry => SizeOf(entry));

    // 32 per entry is HTTP/2's allowance for what an entry costs beside its text.
    private static int SizeOf(Field entry) => entry.Name.Length + entry.Value.Length + 32;

    private int? CheckChange(string name)
    {
        if (_immutable)
        {
            return Immutable;
        }

        if (!FieldRules.IsToken(name))
        {
            return InvalidSyntax;
        }

        return FieldRules.IsForbidden(name) ? Forbidden : null;
    }

    private int? Add(string name, ReadOnlyMemory<byte> value)
    {
        if (CheckChange(name) is { } error)
        {
            return error;
        }

        if (!FieldRules.IsValue(value.Span))
        {
            return InvalidSyntax;
        }

        var entry = new Field(name, value.ToArray());
        var size = SizeOf(entry);
        Charge(size);
        _size += size;
        if (_size > Context.Limits.MaxFieldsBytes)
        {
            throw new TrapException(TrapCode.HostRefused, $"headers of more than {Context.Limits.MaxFieldsBytes} bytes");
        }

        _entries.Add(entry);
        return null;
    }

    private void Remove(string name)
    {
        _entries.RemoveAll(entry => NameIs(entry, name));
        var size = SizeOf(_entries);
        Charge(size - _size);
        _size = size;
    }

    /// <summary>One name with one value.</summary>
    internal readonly record struct Field(string Name, byte[] Value);
}
