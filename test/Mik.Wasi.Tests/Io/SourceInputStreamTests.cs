using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Io;

public sealed class SourceInputStreamTests
{
    [Fact]
    public async Task A_blocked_reader_wakes_when_bytes_arrive()
    {
        using var guest = new Guest();
        var pipe = new Pipe();
        var stream = StreamsTests.Source(guest, pipe.Reader.AsStream());

        Assert.Empty(Guest.Ok(guest.Stream("[method]input-stream.read", stream, ComponentValue.U64(10))).AsBytes.ToArray());
        var reading = Task.Run(() => guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10)), TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync("late"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("late", Guest.TextOf(Guest.Ok(await reading)));
    }

    [Fact]
    public async Task A_slow_source_times_out()
    {
        var time = new FakeTimeProvider();
        using var guest = new Guest(new WasiContext { TimeProvider = time });
        var stream = StreamsTests.Source(guest, new Pipe().Reader.AsStream(), TimeSpan.FromSeconds(2));
        var pollable = guest.Stream("[method]input-stream.subscribe", stream);
        Assert.False(guest.Call("wasi:io/poll#[method]pollable.ready", pollable).AsBool);

        var reading = Task.Run(() => guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10)), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(3));

        var error = await reading;
        Assert.Equal((int)HttpErrorKind.ConnectionReadTimeout, Guest.Some(guest.Http("http-error-code", error.Payload.Payload)).Case);
    }

    [Fact]
    public async Task Cancelling_the_context_ends_the_wait_as_a_trap()
    {
        using var cancellation = new CancellationTokenSource();
        using var guest = new Guest(new WasiContext { Cancellation = cancellation.Token });
        var stream = StreamsTests.Source(guest, new Pipe().Reader.AsStream());

        var reading = Task.Run(() => guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(10)), TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();

        var trap = await Assert.ThrowsAsync<TrapException>(() => reading);
        Assert.Equal(TrapCode.Interrupted, trap.Code);
    }
}
