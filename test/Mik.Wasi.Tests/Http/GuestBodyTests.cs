using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Mik.Wasi.Http;

namespace Mik.Wasi.Tests.Http;

public sealed class GuestBodyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_gets_what_was_written_then_the_end_then_the_trailers()
    {
        var body = new GuestBody(new WasiLimits(), null);
        body.Write("ab"u8);
        body.Write("c"u8);

        Assert.Equal("abc"u8.ToArray(), (await body.ReadAsync(Token)).ToArray());
        var next = body.ReadAsync(Token);
        Assert.False(next.IsCompleted);
        body.Write("d"u8);
        Assert.Equal("d"u8.ToArray(), (await next).ToArray());
        body.Complete([new("t", "1")]);
        Assert.True((await body.ReadAsync(Token)).IsEmpty);
        Assert.Equal([new HttpField("t", "1")], body.Trailers);
    }

    [Fact]
    public async Task An_abort_comes_after_what_was_written()
    {
        var body = new GuestBody(new WasiLimits(), null);
        body.StartSending();
        body.Write("ab"u8);
        body.Abort("no more");

        Assert.Equal(2, (await body.ReadAsync(Token)).Length);
        var failure = await Assert.ThrowsAsync<BodyAbortedException>(async () => await body.ReadAsync(Token));
        Assert.Equal("no more", failure.Message);
    }

    [Fact]
    public void Length_is_known_when_all_was_written_before_any_was_read()
    {
        var body = new GuestBody(new WasiLimits(), null);
        body.Write("abc"u8);
        Assert.Null(body.CompleteLength);
        body.Complete([]);
        Assert.Equal(3, body.CompleteLength);
        Assert.Equal(0, GuestBody.Of([]).CompleteLength);
    }

    [Fact]
    public async Task Room_is_the_limit_before_sending_and_the_window_after()
    {
        var body = new GuestBody(new WasiLimits { MaxUnsentBodyBytes = 100, BodyWindowBytes = 10 }, null);
        body.Write(new byte[30]);
        Assert.Equal(70, body.Room);
        body.StartSending();
        Assert.Equal(0, body.Room);
        await body.ReadAsync(Token);
        Assert.Equal(10, body.Room);
        body.Stop();
        Assert.Null(body.Room);
    }

    [Fact]
    public async Task A_waiting_reader_can_give_up()
    {
        var body = new GuestBody(new WasiLimits(), null);
        using var cancellation = new CancellationTokenSource();
        var read = body.ReadAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        body.Write("x"u8);
        Assert.Equal(1, (await body.ReadAsync(Token)).Length);
    }

    [Fact]
    public async Task Whoever_waits_for_the_whole_body_is_called_when_it_is()
    {
        var body = new GuestBody(new WasiLimits(), null);
        var whole = body.WaitForWholeAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, Token).AsTask();

        body.Write("abc"u8);
        Assert.False(whole.IsCompleted);
        body.Complete([]);

        // At once, on the writer's own thread.
        Assert.True(whole.IsCompletedSuccessfully);
        Assert.Equal(3, body.CompleteLength);
    }

    [Fact]
    public async Task Nobody_waits_for_the_whole_body_when_it_takes_its_time()
    {
        var time = new FakeTimeProvider();
        var slow = new GuestBody(new WasiLimits(), null);
        var patience = slow.WaitForWholeAsync(TimeSpan.FromMilliseconds(5), time, Token).AsTask();
        Assert.False(patience.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(5));
        await patience.WaitAsync(Token);

        var large = new GuestBody(new WasiLimits { MaxUnsentBodyBytes = 10 }, null);
        var full = large.WaitForWholeAsync(Timeout.InfiniteTimeSpan, time, Token).AsTask();
        large.Write("0123456789"u8);
        Assert.True(full.IsCompletedSuccessfully);
        await large.WaitForWholeAsync(Timeout.InfiniteTimeSpan, time, Token);

        var asleep = new GuestBody(new WasiLimits(), null);
        var guestWaits = asleep.WaitForWholeAsync(Timeout.InfiniteTimeSpan, time, Token).AsTask();
        asleep.EndPatience();
        Assert.True(guestWaits.IsCompletedSuccessfully);

        using var cancellation = new CancellationTokenSource();
        var abandoned = asleep.WaitForWholeAsync(Timeout.InfiniteTimeSpan, time, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
    }

    [Fact]
    public async Task Copying_ends_with_the_body_or_with_the_destination()
    {
        var body = new GuestBody(new WasiLimits(), null);
        body.Write("abc"u8);
        body.Complete([]);
        var pipe = new Pipe();
        await body.CopyToAsync(pipe.Writer, Token);
        Assert.Equal(3, (await pipe.Reader.ReadAsync(Token)).Buffer.Length);

        var endless = new GuestBody(new WasiLimits(), null);
        endless.Write("abc"u8);
        var closed = new Pipe();
        await closed.Reader.CompleteAsync();
        await endless.CopyToAsync(closed.Writer, Token);
        Assert.Null(endless.Room);
    }
}
