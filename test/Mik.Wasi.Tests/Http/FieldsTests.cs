using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Http;

public sealed class FieldsTests
{
    private const int InvalidSyntax = 0;
    private const int Forbidden = 1;
    private const int Immutable = 2;

    [Fact]
    public void Names_are_compared_without_case_and_kept_as_written()
    {
        using var guest = new Guest();
        var fields = guest.Headers(("X-One", "a"), ("b", "2"), ("x-ONE", "c"));

        Assert.True(guest.Http("[method]fields.has", fields, Guest.Text("x-one")).AsBool);
        Assert.Equal(["a", "c"], Values(guest.Http("[method]fields.get", fields, Guest.Text("X-ONE"))));
        Assert.Equal(["X-One=a", "b=2", "x-ONE=c"], Entries(guest, fields));
    }

    [Fact]
    public void Set_replaces_append_adds_and_delete_removes()
    {
        using var guest = new Guest();
        var fields = guest.Http("[constructor]fields");

        Guest.Ok(guest.Http("[method]fields.append", fields, Guest.Text("a"), Guest.Bytes("1")));
        Guest.Ok(guest.Http("[method]fields.append", fields, Guest.Text("A"), Guest.Bytes("2")));
        Guest.Ok(guest.Http("[method]fields.append", fields, Guest.Text("b"), Guest.Bytes("3")));
        Guest.Ok(guest.Http("[method]fields.set", fields, Guest.Text("A"), ComponentValue.Values(Guest.Bytes("4"), Guest.Bytes("5"))));
        Assert.Equal(["b=3", "A=4", "A=5"], Entries(guest, fields));

        Guest.Ok(guest.Http("[method]fields.delete", fields, Guest.Text("a")));
        Guest.Ok(guest.Http("[method]fields.delete", fields, Guest.Text("missing")));
        Assert.Equal(["b=3"], Entries(guest, fields));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("ä", "x")]
    [InlineData("a", "x\ny")]
    [InlineData("a", "x\0")]
    [InlineData("a", "x\u007f")]
    public void Bad_syntax_is_refused(string name, string value)
    {
        using var guest = new Guest();
        var fields = guest.Http("[constructor]fields");

        AssertError(InvalidSyntax, guest.Http("[method]fields.append", fields, Guest.Text(name), Guest.Bytes(value)));
        AssertError(InvalidSyntax, guest.Http("[method]fields.set", fields, Guest.Text(name), ComponentValue.Values(Guest.Bytes(value))));
        AssertError(InvalidSyntax, guest.Http("[static]fields.from-list", ComponentValue.Values(ComponentValue.Values(Guest.Text(name), Guest.Bytes(value)))));
        Assert.Empty(Entries(guest, fields));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("connection")]
    [InlineData("Transfer-Encoding")]
    [InlineData("te")]
    public void What_belongs_to_the_connection_is_forbidden(string name)
    {
        using var guest = new Guest();
        var fields = guest.Http("[constructor]fields");

        AssertError(Forbidden, guest.Http("[method]fields.append", fields, Guest.Text(name), Guest.Bytes("x")));
        AssertError(Forbidden, guest.Http("[method]fields.delete", fields, Guest.Text(name)));
        AssertError(Forbidden, guest.Http("[static]fields.from-list", ComponentValue.Values(ComponentValue.Values(Guest.Text(name), Guest.Bytes("x")))));
        Assert.False(guest.Http("[method]fields.has", fields, Guest.Text(name)).AsBool);
    }

    [Fact]
    public void Views_are_immutable_and_their_clones_are_not()
    {
        using var guest = new Guest();
        var request = new IncomingRequest(guest.Context, new IncomingHttpRequest { Method = "GET", PathWithQuery = "/", Headers = [new("X-A", "1")] }).ToValue();
        var view = guest.Http("[method]incoming-request.headers", request);

        AssertError(Immutable, guest.Http("[method]fields.append", view, Guest.Text("b"), Guest.Bytes("2")));
        AssertError(Immutable, guest.Http("[method]fields.set", view, Guest.Text("b"), ComponentValue.Values()));
        AssertError(Immutable, guest.Http("[method]fields.delete", view, Guest.Text("x-a")));

        var clone = guest.Http("[method]fields.clone", view);
        Guest.Ok(guest.Http("[method]fields.append", clone, Guest.Text("b"), Guest.Bytes("2")));
        Assert.Equal(["x-a=1"], Entries(guest, view));
        Assert.Equal(["x-a=1", "b=2"], Entries(guest, clone));
    }

    [Fact]
    public void Too_many_headers_trap()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { MaxFieldsBytes = 100 } });
        var fields = guest.Headers(("a", "1"));

        Assert.Throws<TrapException>(() => guest.Http("[method]fields.append", fields, Guest.Text("b"), Guest.Bytes(new string('x', 100))));
    }

    [Theory]
    [InlineData("content-length", "12", 12L)]
    [InlineData("Content-Length", "0", 0L)]
    [InlineData("content-length", "-1", null)]
    [InlineData("content-length", "1e3", null)]
    [InlineData("x", "12", null)]
    public void Announced_length_is_read_strictly(string name, string value, long? expected)
    {
        using var guest = new Guest();

        Assert.Equal(expected, Fields.ContentLengthOf(guest.Headers((name, value)).AsResource<Fields>().Entries));
    }

    private static string[] Values(ComponentValue list) => [.. list.AsValues.ToArray().Select(Guest.TextOf)];

    private static string[] Entries(Guest guest, ComponentValue fields) =>
        [.. guest.Http("[method]fields.entries", fields).AsValues.ToArray().Select(entry => $"{entry.AsValues[0].AsString}={Guest.TextOf(entry.AsValues[1])}")];

    private static void AssertError(int expected, ComponentValue result)
    {
        Assert.Equal(1, result.Case);
        Assert.Equal(expected, result.Payload.Case);
    }
}
