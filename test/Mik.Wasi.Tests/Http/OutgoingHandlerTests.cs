using System.Net;
using Microsoft.Extensions.Time.Testing;
using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasi.Tests.Http.Outgoing;

namespace Mik.Wasi.Tests.Http;

public sealed class OutgoingHandlerTests
{
    [Fact]
    public async Task A_request_goes_out_as_written_and_its_response_comes_back()
    {
        await using var server = new LoopbackServer(static (_, stream) =>
            LoopbackServer.SendAsync(stream, LoopbackServer.Response(203, "X-Up: yes\r\nset-cookie: a\r\nset-cookie: b\r\n", "answer")));
        using var guest = Allowing("127.0.0.1");
        var request = Request(guest, server, "/a/../b%2F?x=%20", guest.Headers(("X-From", "guest"), ("content-type", "text/x")), method: 2);
        var body = WriteBody(guest, request, "hello");
        Guest.Ok(guest.Http("[static]outgoing-body.finish", body, ComponentValue.None));

        var response = Guest.Ok(Send(guest, request));

        Assert.Equal(203U, guest.Http("[method]incoming-response.status", response).AsU32);
        var headers = guest.Http("[method]incoming-response.headers", response);
        Assert.True(guest.Http("[method]fields.has", headers, Guest.Text("x-up")).AsBool);
        Assert.False(guest.Http("[method]fields.has", headers, Guest.Text("connection")).AsBool);
        Assert.Equal(2, guest.Http("[method]fields.get", headers, Guest.Text("set-cookie")).AsValues.Length);
        Assert.Equal("answer", ReadBody(guest, response));
        var received = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/a/../b%2F?x=%20", "hello"), (received.Method, received.Target, received.Body));
        Assert.Equal("5", Assert.Single(received.Headers["content-length"]));
        Assert.Equal("guest", Assert.Single(received.Headers["x-from"]));
        Assert.Equal("text/x", Assert.Single(received.Headers["content-type"]));
        Assert.Equal($"127.0.0.1:{server.Port}", Assert.Single(received.Headers["host"]));
    }

    [Fact]
    public async Task A_body_may_be_written_after_the_request_was_handed_over()
    {
        await using var server = new LoopbackServer(static (received, stream) =>
            LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", received.Body)));
        using var guest = Allowing("127.0.0.1");
        var request = Request(guest, server, "/", guest.Headers(), method: 2);
        var body = Guest.Ok(guest.Http("[method]outgoing-request.body", request));
        var future = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", request, ComponentValue.None));
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        var big = new string('x', 300_000);
        Guest.Ok(guest.Stream("[method]output-stream.blocking-write-and-flush", stream, Guest.Bytes(big)));
        Guest.Drop(stream);
        Guest.Ok(guest.Http("[static]outgoing-body.finish", body, ComponentValue.None));

        Assert.Equal(big, ReadBody(guest, Guest.Ok(Wait(guest, future))));
    }

    [Fact]
    public async Task An_empty_body_of_a_GET_is_not_sent()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", "")));
        using var guest = Allowing("127.0.0.1");
        var request = Request(guest, server, "/", guest.Headers());
        var body = Guest.Ok(guest.Http("[method]outgoing-request.body", request));
        var future = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", request, ComponentValue.None));
        Guest.Ok(guest.Http("[static]outgoing-body.finish", body, ComponentValue.None));

        Guest.Ok(Wait(guest, future));

        var received = Assert.Single(server.Requests);
        Assert.Empty(received.Headers["transfer-encoding"]);
        Assert.Empty(received.Headers["content-length"]);
    }

    [Fact]
    public async Task Response_trailers_arrive()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(
            stream, "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 2\r\n\r\n"));
        using var guest = Allowing("127.0.0.1");
        var response = Guest.Ok(Send(guest, Request(guest, server, "/", guest.Headers())));
        var body = Guest.Ok(guest.Http("[method]incoming-response.consume", response));

        var future = guest.Http("[static]incoming-body.finish", body);
        guest.Call("wasi:io/poll#[method]pollable.block", guest.Http("[method]future-trailers.subscribe", future));
        var trailers = Guest.Some(Guest.Ok(Guest.Ok(Guest.Some(guest.Http("[method]future-trailers.get", future)))));

        Assert.True(guest.Http("[method]fields.has", trailers, Guest.Text("x-sum")).AsBool);
    }

    [Fact]
    public async Task A_truncated_response_is_a_failed_read()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(
            stream, "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\nabc"));
        using var guest = Allowing("127.0.0.1");
        var response = Guest.Ok(Send(guest, Request(guest, server, "/", guest.Headers())));
        var stream = Guest.Ok(guest.Http("[method]incoming-body.stream", Guest.Ok(guest.Http("[method]incoming-response.consume", response))));

        ComponentValue read;
        do
        {
            read = guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10));
        }
        while (read.Case == 0);

        Assert.Equal((int)HttpErrorKind.HttpResponseIncomplete, Guest.Some(guest.Http("http-error-code", read.Payload.Payload)).Case);
    }

    [Fact]
    public async Task Redirects_are_the_guests_to_follow()
    {
        await using var server = new LoopbackServer(static (_, stream) =>
            LoopbackServer.SendAsync(stream, LoopbackServer.Response(302, "location: /elsewhere\r\n", "")));
        using var guest = Allowing("127.0.0.1");

        var response = Guest.Ok(Send(guest, Request(guest, server, "/", guest.Headers())));

        Assert.Equal(302U, guest.Http("[method]incoming-response.status", response).AsU32);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Hosts_that_are_not_listed_are_denied_at_once()
    {
        await using var server = new LoopbackServer(static (_, _) => Task.CompletedTask);
        using var guest = Allowing("example.com");

        var refused = guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/", guest.Headers()), ComponentValue.None);

        Assert.Equal((int)HttpErrorKind.HttpRequestDenied, refused.Payload.Case);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("inside.example")]
    public async Task A_star_does_not_open_the_inside(string host)
    {
        await using var server = new LoopbackServer(static (_, _) => Task.CompletedTask);
        using var guest = Allowing("*", resolve: static _ => [IPAddress.Loopback]);

        var error = Send(guest, Request(guest, server, "/", guest.Headers(), host: host));

        Assert.Equal((int)HttpErrorKind.DestinationIpProhibited, error.Payload.Case);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_name_listed_as_such_may_be_inside()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", "")));
        using var guest = Allowing("inside.example", resolve: static _ => [IPAddress.Loopback]);

        Assert.Equal(0, Send(guest, Request(guest, server, "/", guest.Headers(), host: "inside.example")).Case);
    }

    [Fact]
    public void Refused_connections_and_unknown_names_have_their_codes()
    {
        using var guest = Allowing("*", "127.0.0.1", resolve: static _ => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound));

        Assert.Equal((int)HttpErrorKind.ConnectionRefused, Send(guest, Request(guest, "127.0.0.1:1", "/", guest.Headers())).Payload.Case);
        Assert.Equal((int)HttpErrorKind.DnsError, Send(guest, Request(guest, "nowhere.example", "/", guest.Headers())).Payload.Case);
    }

    [Fact]
    public async Task A_response_that_does_not_come_in_time_times_out()
    {
        var arrived = new TaskCompletionSource();
        await using var server = new LoopbackServer((_, stream) =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        var time = new FakeTimeProvider();
        using var guest = Allowing("127.0.0.1", time: time);
        var options = guest.Http("[constructor]request-options");
        Guest.Ok(guest.Http("[method]request-options.set-first-byte-timeout", options, ComponentValue.Some(ComponentValue.U64(200_000_000))));
        Assert.Equal(200_000_000UL, Guest.Some(guest.Http("[method]request-options.first-byte-timeout", options)).AsU64);
        var future = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/", guest.Headers()), ComponentValue.Some(options)));
        await arrived.Task;

        time.Advance(TimeSpan.FromMilliseconds(201));

        Assert.Equal((int)HttpErrorKind.HttpResponseTimeout, Wait(guest, future).Payload.Case);
    }

    [Fact]
    public async Task Two_requests_are_under_way_at_once()
    {
        var both = new TaskCompletionSource();
        var count = 0;
        await using var server = new LoopbackServer(async (received, stream) =>
        {
            if (Interlocked.Increment(ref count) == 2)
            {
                both.SetResult();
            }

            await both.Task;
            await LoopbackServer.SendAsync(stream, LoopbackServer.Response(received.Target == "/a" ? 201 : 202, "", ""));
        });
        using var guest = Allowing("127.0.0.1");
        var a = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/a", guest.Headers()), ComponentValue.None));
        var b = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/b", guest.Headers()), ComponentValue.None));

        Assert.Equal(201U, guest.Http("[method]incoming-response.status", Guest.Ok(Wait(guest, a))).AsU32);
        Assert.Equal(202U, guest.Http("[method]incoming-response.status", Guest.Ok(Wait(guest, b))).AsU32);
    }

    [Fact]
    public void A_response_is_given_once()
    {
        using var guest = Allowing("127.0.0.1");
        var future = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", Request(guest, "127.0.0.1:1", "/", guest.Headers()), ComponentValue.None));
        Wait(guest, future);

        Assert.Equal(1, Guest.Some(guest.Http("[method]future-incoming-response.get", future)).Case);
    }

    [Fact]
    public void Requests_that_are_none_are_refused()
    {
        using var guest = Allowing("*");
        var noAuthority = guest.Http("[constructor]outgoing-request", guest.Headers());
        var otherScheme = guest.Http("[constructor]outgoing-request", guest.Headers());
        Guest.Ok(guest.Http("[method]outgoing-request.set-scheme", otherScheme, ComponentValue.Some(ComponentValue.OfCase(2, Guest.Text("ftp")))));

        Assert.Equal((int)HttpErrorKind.HttpRequestUriInvalid, guest.Call("wasi:http/outgoing-handler#handle", noAuthority, ComponentValue.None).Payload.Case);
        Assert.Equal((int)HttpErrorKind.HttpProtocolError, guest.Call("wasi:http/outgoing-handler#handle", otherScheme, ComponentValue.None).Payload.Case);
    }

    [Theory]
    [InlineData("5", "6")]
    [InlineData("5, 6", null)]
    [InlineData("-1", null)]
    [InlineData("many", null)]
    public async Task A_request_has_one_length(string first, string? second)
    {
        await using var server = new LoopbackServer(static (_, _) => Task.CompletedTask);
        using var guest = Allowing("127.0.0.1");
        var headers = guest.Headers(("content-length", first));
        if (second is not null)
        {
            Guest.Ok(guest.Http("[method]fields.append", headers, Guest.Text("Content-Length"), Guest.Bytes(second)));
        }

        var refused = guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/", headers, method: 2), ComponentValue.None);

        Assert.Equal((int)HttpErrorKind.HttpProtocolError, refused.Payload.Case);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_response_that_pauses_for_too_long_times_out()
    {
        await using var server = new LoopbackServer(static async (_, stream) =>
        {
            await LoopbackServer.SendAsync(stream, "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\nabc");
            await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        var time = new FakeTimeProvider();
        using var guest = Allowing("127.0.0.1", time: time);
        var options = guest.Http("[constructor]request-options");
        Guest.Ok(guest.Http("[method]request-options.set-between-bytes-timeout", options, ComponentValue.Some(ComponentValue.U64(200_000_000))));
        var future = Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/", guest.Headers()), ComponentValue.Some(options)));
        var body = Guest.Ok(guest.Http("[method]incoming-response.consume", Guest.Ok(Wait(guest, future))));
        var stream = Guest.Ok(guest.Http("[method]incoming-body.stream", body));
        var ready = guest.Stream("[method]input-stream.subscribe", stream);
        var text = "";
        while (text.Length < 3)
        {
            text += Guest.TextOf(Guest.Ok(guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10))));
        }

        Assert.False(guest.Call("wasi:io/poll#[method]pollable.ready", ready).AsBool);
        time.Advance(TimeSpan.FromMilliseconds(201));
        guest.Call("wasi:io/poll#[method]pollable.block", ready);

        var read = guest.Stream("[method]input-stream.read", stream, ComponentValue.U64(10));
        Assert.Equal((int)HttpErrorKind.ConnectionReadTimeout, Guest.Some(guest.Http("http-error-code", read.Payload.Payload)).Case);
    }

    [Fact]
    public async Task Requests_under_way_are_limited_and_free_their_place()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", "x")));
        using var guest = new Guest(new WasiContext
        {
            Limits = new WasiLimits { MaxOutgoingRequests = 1 },
            OutgoingHttp = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"])),
        });
        ComponentValue Handle() => guest.Call("wasi:http/outgoing-handler#handle", Request(guest, server, "/", guest.Headers()), ComponentValue.None);
        void AssertFull() => Assert.Equal((int)HttpErrorKind.ConnectionLimitReached, Handle().Payload.Case);

        var future = Guest.Ok(Handle());
        AssertFull();
        var response = Guest.Ok(Wait(guest, future));
        Guest.Drop(future);
        AssertFull();
        var body = Guest.Ok(guest.Http("[method]incoming-response.consume", response));
        Guest.Drop(response);
        AssertFull();
        Guest.Drop(body);

        var abandoned = Guest.Ok(Handle());
        Guest.Drop(abandoned);
        Guest.Ok(Handle());
    }

    private static Guest Allowing(params string[] patterns) => Allowing(patterns, null, null);

    private static Guest Allowing(string pattern, TimeProvider time) => Allowing([pattern], null, time);

    private static Guest Allowing(string pattern, Func<string, IPAddress[]> resolve) => Allowing([pattern], resolve, null);

    private static Guest Allowing(string pattern, string another, Func<string, IPAddress[]> resolve) => Allowing([pattern, another], resolve, null);

    private static Guest Allowing(string[] patterns, Func<string, IPAddress[]>? resolve, TimeProvider? time) => new(new WasiContext
    {
        TimeProvider = time ?? TimeProvider.System,
        OutgoingHttp = new OutgoingHttpClient(
            new OutgoingPolicy(patterns),
            time ?? TimeProvider.System,
            async (host, _) =>
            {
                await Task.Yield();
                return resolve?.Invoke(host) ?? [];
            }),
    });

    private static ComponentValue Request(Guest guest, LoopbackServer server, string path, ComponentValue headers, int method = 0, string host = "127.0.0.1") =>
        Request(guest, $"{host}:{server.Port}", path, headers, method);

    private static ComponentValue Request(Guest guest, string authority, string path, ComponentValue headers, int method = 0)
    {
        var request = guest.Http("[constructor]outgoing-request", headers);
        Guest.Ok(guest.Http("[method]outgoing-request.set-method", request, ComponentValue.OfCase(method)));
        Guest.Ok(guest.Http("[method]outgoing-request.set-scheme", request, ComponentValue.Some(ComponentValue.OfCase(0))));
        Guest.Ok(guest.Http("[method]outgoing-request.set-authority", request, ComponentValue.Some(Guest.Text(authority))));
        Guest.Ok(guest.Http("[method]outgoing-request.set-path-with-query", request, ComponentValue.Some(Guest.Text(path))));
        return request;
    }

    private static ComponentValue WriteBody(Guest guest, ComponentValue request, string text)
    {
        var body = Guest.Ok(guest.Http("[method]outgoing-request.body", request));
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        Guest.Ok(guest.Stream("[method]output-stream.blocking-write-and-flush", stream, Guest.Bytes(text)));
        Guest.Drop(stream);
        return body;
    }

    private static ComponentValue Send(Guest guest, ComponentValue request) =>
        Wait(guest, Guest.Ok(guest.Call("wasi:http/outgoing-handler#handle", request, ComponentValue.None)));

    private static ComponentValue Wait(Guest guest, ComponentValue future)
    {
        guest.Call("wasi:io/poll#[method]pollable.block", guest.Http("[method]future-incoming-response.subscribe", future));
        return Guest.Ok(Guest.Some(guest.Http("[method]future-incoming-response.get", future)));
    }

    private static string ReadBody(Guest guest, ComponentValue response)
    {
        var stream = Guest.Ok(guest.Http("[method]incoming-body.stream", Guest.Ok(guest.Http("[method]incoming-response.consume", response))));
        var text = new StringBuilder();
        while (true)
        {
            var read = guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(100_000));
            if (read.Case == 1)
            {
                Assert.Equal(1, read.Payload.Case);
                return text.ToString();
            }

            text.Append(Guest.TextOf(read.Payload));
        }
    }
}
