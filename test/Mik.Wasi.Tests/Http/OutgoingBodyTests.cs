using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Http;

public sealed class OutgoingBodyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finishing_completes_the_body_with_its_trailers()
    {
        using var guest = new Guest();
        var body = Body(guest, guest.Headers());
        Write(guest, body, "hello");
        var content = body.AsResource<OutgoingBody>().Content;

        var trailers = guest.Headers(("x-sum", "5"));
        Guest.Ok(guest.Http("[static]outgoing-body.finish", body, ComponentValue.Some(trailers)));

        Assert.Equal("hello"u8.ToArray(), (await content.ReadAsync(Token)).ToArray());
        Assert.True((await content.ReadAsync(Token)).IsEmpty);
        Assert.Equal([new HttpField("x-sum", "5")], content.Trailers);
    }

    [Fact]
    public void The_stream_is_given_once_and_must_go_before_the_body()
    {
        using var guest = new Guest();
        var body = Body(guest, guest.Headers());
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));

        Assert.Equal(1, guest.Http("[method]outgoing-body.write", body).Case);
        Assert.Throws<TrapException>(() => guest.Http("[static]outgoing-body.finish", body, ComponentValue.None));
        Assert.Throws<TrapException>(() => Guest.Drop(body));
        Guest.Drop(stream);
        Guest.Ok(guest.Http("[static]outgoing-body.finish", body, ComponentValue.None));
    }

    [Fact]
    public async Task Too_little_is_an_error_and_aborts()
    {
        using var guest = new Guest();
        var body = Body(guest, guest.Headers(("content-length", "9")));
        Write(guest, body, "hello");
        var content = body.AsResource<OutgoingBody>().Content;
        content.StartSending();

        var error = guest.Http("[static]outgoing-body.finish", body, ComponentValue.None);

        Assert.Equal(new HttpErrorCode(HttpErrorKind.HttpResponseBodySize, null, 5), HttpErrorCode.FromValue(error.Payload));
        Assert.Equal(5, (await content.ReadAsync(Token)).Length);
        await Assert.ThrowsAsync<BodyAbortedException>(async () => await content.ReadAsync(Token));
    }

    [Fact]
    public void Too_much_fails_the_write_and_closes_the_stream()
    {
        using var guest = new Guest();
        var body = Body(guest, guest.Headers(("content-length", "3")));
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));

        var error = guest.Stream("[method]output-stream.blocking-write-and-flush", stream, Guest.Bytes("hello"));

        Assert.Equal(0, error.Payload.Case);
        Assert.Equal((int)HttpErrorKind.HttpResponseBodySize, Guest.Some(guest.Http("http-error-code", error.Payload.Payload)).Case);
        Assert.Equal(1, guest.Stream("[method]output-stream.check-write", stream).Payload.Case);
    }

    [Theory]
    [InlineData(null, "", true)]
    [InlineData(null, "x", false)]
    [InlineData("1", "x", true)]
    [InlineData("2", "x", false)]
    [InlineData("2", "", false)]
    public async Task Dropping_is_fine_only_if_nothing_is_missing(string? announced, string written, bool complete)
    {
        using var guest = new Guest();
        var body = Body(guest, announced is null ? guest.Headers() : guest.Headers(("content-length", announced)));
        Write(guest, body, written);
        var content = body.AsResource<OutgoingBody>().Content;
        content.StartSending();
        Guest.Drop(body);

        if (written.Length > 0)
        {
            await content.ReadAsync(Token);
        }

        if (complete)
        {
            Assert.True((await content.ReadAsync(Token)).IsEmpty);
        }
        else
        {
            await Assert.ThrowsAsync<BodyAbortedException>(async () => await content.ReadAsync(Token));
        }
    }

    [Fact]
    public void Writing_without_end_before_anything_is_sent_traps()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { MaxUnsentBodyBytes = 10_000 } });
        var body = Body(guest, guest.Headers());
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        Guest.Ok(guest.Stream("[method]output-stream.blocking-write-and-flush", stream, ComponentValue.Bytes(new byte[10_000])));

        var trap = Assert.Throws<TrapException>(() => guest.Stream("[method]output-stream.blocking-write-and-flush", stream, ComponentValue.Bytes(new byte[1])));
        Assert.Contains("10000 bytes", trap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_writes_faster_than_the_reader_reads_waits()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { BodyWindowBytes = 1000 } });
        var response = guest.Http("[constructor]outgoing-response", guest.Headers());
        var body = Guest.Ok(guest.Http("[method]outgoing-response.body", response));
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        var run = new HandlerRun();
        guest.Http("[static]response-outparam.set", new ResponseOutparam(guest.Context, run).ToValue(), ComponentValue.Ok(response));

        var writing = Task.Run(() => guest.Stream("[method]output-stream.blocking-write-and-flush", stream, ComponentValue.Bytes(new byte[10_000])), Token);
        var content = (await run.ResponseStarted)!.Body;
        var total = 0;
        while (total < 10_000)
        {
            var read = (await content.ReadAsync(Token)).Length;
            Assert.InRange(read, 1, 1000);
            total += read;
        }

        Assert.Equal(0, (await writing).Case);
    }

    [Fact]
    public async Task A_reader_that_leaves_closes_the_stream()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { BodyWindowBytes = 1000 } });
        var body = Body(guest, guest.Headers());
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        var content = body.AsResource<OutgoingBody>().Content;
        content.StartSending();

        var writing = Task.Run(() => guest.Stream("[method]output-stream.blocking-write-and-flush", stream, ComponentValue.Bytes(new byte[10_000])), Token);
        content.Stop();

        Assert.Equal(1, (await writing).Payload.Case);
    }

    private static ComponentValue Body(Guest guest, ComponentValue headers) =>
        Guest.Ok(guest.Http("[method]outgoing-response.body", guest.Http("[constructor]outgoing-response", headers)));

    private static void Write(Guest guest, ComponentValue body, string text)
    {
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        Guest.Ok(guest.Stream("[method]output-stream.blocking-write-and-flush", stream, Guest.Bytes(text)));
        Guest.Drop(stream);
    }
}
