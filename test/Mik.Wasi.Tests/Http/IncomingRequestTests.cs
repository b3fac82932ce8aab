using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Http;

public sealed class IncomingRequestTests
{
    [Theory]
    [InlineData("GET", 0)]
    [InlineData("PATCH", 8)]
    [InlineData("PROPFIND", 9)]
    [InlineData("get", 9)]
    public void Methods_keep_their_spelling(string method, int expected)
    {
        using var guest = new Guest();
        var value = guest.Http("[method]incoming-request.method", Request(guest, new IncomingHttpRequest { Method = method, PathWithQuery = "/" }));

        Assert.Equal(expected, value.Case);
        Assert.Equal(method, HttpMethods.MethodOf(value));
    }

    [Fact]
    public void The_parts_of_the_target_are_told_as_they_came()
    {
        using var guest = new Guest();
        var request = Request(guest, new IncomingHttpRequest
        {
            Method = "GET",
            PathWithQuery = "/a%2Fb?x=%20",
            Scheme = "https",
            Authority = "example.com:8443",
            Headers = [new("Host", "example.com"), new("Connection", "close"), new("TE", "trailers"), new("X-Name", "caf\u00e9"), new("Accept", "*/*")],
        });

        Assert.Equal("/a%2Fb?x=%20", Guest.Some(guest.Http("[method]incoming-request.path-with-query", request)).AsString);
        Assert.Equal(1, Guest.Some(guest.Http("[method]incoming-request.scheme", request)).Case);
        Assert.Equal("example.com:8443", Guest.Some(guest.Http("[method]incoming-request.authority", request)).AsString);
        var entries = guest.Http("[method]fields.entries", guest.Http("[method]incoming-request.headers", request)).AsValues;
        Assert.Equal(2, entries.Length);
        Assert.Equal("x-name", entries[0].AsValues[0].AsString);
        Assert.Equal("caf\u00e9", Encoding.Latin1.GetString(entries[0].AsValues[1].AsBytes.Span));
    }

    [Fact]
    public void A_body_is_consumed_once_and_gives_its_stream_once()
    {
        using var guest = new Guest();
        var request = Request(guest, new IncomingHttpRequest { Method = "POST", PathWithQuery = "/", Body = new MemoryStream("hi"u8.ToArray()) });

        var body = Guest.Ok(guest.Http("[method]incoming-request.consume", request));
        Assert.Equal(1, guest.Http("[method]incoming-request.consume", request).Case);
        var stream = Guest.Ok(guest.Http("[method]incoming-body.stream", body));
        Assert.Equal(1, guest.Http("[method]incoming-body.stream", body).Case);
        Assert.Equal("hi", Guest.TextOf(Guest.Ok(guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10)))));
    }

    [Fact]
    public void Giving_up_a_parent_before_its_child_traps()
    {
        using var guest = new Guest();
        var request = Request(guest, new IncomingHttpRequest { Method = "GET", PathWithQuery = "/" });
        var headers = guest.Http("[method]incoming-request.headers", request);
        var body = Guest.Ok(guest.Http("[method]incoming-request.consume", request));
        var stream = Guest.Ok(guest.Http("[method]incoming-body.stream", body));

        Assert.Throws<TrapException>(() => Guest.Drop(request));
        Assert.Throws<TrapException>(() => guest.Http("[static]incoming-body.finish", body));
        Guest.Drop(headers);
        Guest.Drop(stream);
        Guest.Drop(request);
        guest.Http("[static]incoming-body.finish", body);
    }

    [Fact]
    public void Everything_may_go_in_any_order_once_the_instance_is_gone()
    {
        var guest = new Guest();
        var request = Request(guest, new IncomingHttpRequest { Method = "GET", PathWithQuery = "/" });
        guest.Http("[method]incoming-request.headers", request);

        guest.Dispose();

        Guest.Drop(request);
    }

    [Fact]
    public void Trailers_come_after_the_rest_of_the_body_and_only_once()
    {
        using var guest = new Guest();
        var source = new MemoryStream("unread"u8.ToArray());
        var request = Request(guest, new IncomingHttpRequest
        {
            Method = "POST",
            PathWithQuery = "/",
            Body = source,
            Trailers = () => source.Position == source.Length ? [new("X-Sum", "6")] : [],
        });
        var body = Guest.Ok(guest.Http("[method]incoming-request.consume", request));
        var future = guest.Http("[static]incoming-body.finish", body);
        guest.Call("wasi:io/poll#[method]pollable.block", guest.Http("[method]future-trailers.subscribe", future));

        var trailers = Guest.Some(Guest.Ok(Guest.Ok(Guest.Some(guest.Http("[method]future-trailers.get", future)))));

        Assert.True(guest.Http("[method]fields.has", trailers, Guest.Text("x-sum")).AsBool);
        Assert.Equal(1, Guest.Some(guest.Http("[method]future-trailers.get", future)).Case);
    }

    private static ComponentValue Request(Guest guest, IncomingHttpRequest request) => new IncomingRequest(guest.Context, request).ToValue();
}
