using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasi.Io;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Io;

public sealed class StreamsTests
{
    private static readonly ComponentValue ClosedError = ComponentValue.OfCase(1);

    [Fact]
    public void Reading_gives_what_is_there_and_then_closed()
    {
        using var guest = new Guest();
        var stream = Source(guest, new MemoryStream("hello"u8.ToArray()));

        Assert.Equal("hel", Guest.TextOf(Guest.Ok(guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(3)))));
        Assert.Equal("lo", Guest.TextOf(Guest.Ok(guest.Stream("[method]input-stream.read", stream, ComponentValue.U64(ulong.MaxValue)))));
        AssertClosed(guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(1)));
        AssertClosed(guest.Stream("[method]input-stream.read", stream, ComponentValue.U64(1)));
    }

    [Fact]
    public void Skipping_counts_what_reading_would_give()
    {
        using var guest = new Guest();
        var stream = Source(guest, new MemoryStream("hello"u8.ToArray()));

        Assert.Equal(4UL, Guest.Ok(guest.Stream("[method]input-stream.blocking-skip", stream, ComponentValue.U64(4))).AsU64);
        Assert.Equal(1UL, Guest.Ok(guest.Stream("[method]input-stream.skip", stream, ComponentValue.U64(4))).AsU64);
        AssertClosed(guest.Stream("[method]input-stream.skip", stream, ComponentValue.U64(4)));
    }

    [Fact]
    public void Standard_input_is_closed()
    {
        using var guest = new Guest();
        var stdin = guest.Call("wasi:cli/stdin#get-stdin");

        AssertClosed(guest.Stream("[method]input-stream.blocking-read", stdin, ComponentValue.U64(1)));
    }

    [Fact]
    public void Writing_more_than_permitted_traps()
    {
        using var guest = new Guest();
        var stdout = guest.Call("wasi:cli/stdout#get-stdout");
        var room = Guest.Ok(guest.Stream("[method]output-stream.check-write", stdout)).AsU64;

        var trap = Assert.Throws<TrapException>(() => guest.Stream("[method]output-stream.write", stdout, ComponentValue.Bytes(new byte[room + 1])));
        Assert.Equal(TrapCode.HostRefused, trap.Code);
    }

    [Fact]
    public void Blocking_write_takes_more_than_4096_bytes()
    {
        using var guest = new Guest();
        var stdout = guest.Call("wasi:cli/stdout#get-stdout");

        Assert.Equal(0, guest.Stream("[method]output-stream.blocking-write-and-flush", stdout, ComponentValue.Bytes(new byte[200_000])).Case);
    }

    [Fact]
    public void Blocking_zeroes_are_limited_to_4096()
    {
        using var guest = new Guest();
        var stdout = guest.Call("wasi:cli/stdout#get-stdout");

        Assert.Equal(0, guest.Stream("[method]output-stream.blocking-write-zeroes-and-flush", stdout, ComponentValue.U64(4096)).Case);
        Assert.Throws<TrapException>(() => guest.Stream("[method]output-stream.blocking-write-zeroes-and-flush", stdout, ComponentValue.U64(4097)));
    }

    [Fact]
    public void Splice_moves_bytes_and_reports_the_source_end()
    {
        var log = new RecordingLog();
        using (var guest = new Guest(new WasiContext { Log = log }))
        {
            var stdout = guest.Call("wasi:cli/stdout#get-stdout");
            var stream = Source(guest, new MemoryStream("hello"u8.ToArray()));

            Assert.Equal(2UL, Guest.Ok(guest.Stream("[method]output-stream.blocking-splice", stdout, stream, ComponentValue.U64(2))).AsU64);
            Assert.Equal(3UL, Guest.Ok(guest.Stream("[method]output-stream.splice", stdout, stream, ComponentValue.U64(99))).AsU64);
            AssertClosed(guest.Stream("[method]output-stream.blocking-splice", stdout, stream, ComponentValue.U64(99)));
        }

        Assert.Equal(["Stdout: hello"], log.Lines);
    }

    [Fact]
    public void A_failed_read_is_told_once_with_its_http_error()
    {
        using var guest = new Guest();
        var stream = Source(guest, new BrokenStream());

        var error = guest.Stream("[method]input-stream.blocking-read", stream, ComponentValue.U64(1));

        Assert.Equal(1, error.Case);
        Assert.Equal(0, error.Payload.Case);
        var failure = error.Payload.Payload;
        Assert.Equal("connection-terminated", guest.Call("wasi:io/error#[method]error.to-debug-string", failure).AsString);
        Assert.Equal((int)HttpErrorKind.ConnectionTerminated, Guest.Some(guest.Http("http-error-code", failure)).Case);
        AssertClosed(guest.Stream("[method]input-stream.read", stream, ComponentValue.U64(1)));
    }

    internal static ComponentValue Source(Guest guest, Stream stream, TimeSpan? timeout = null) => new SourceInputStream(
        guest.Context, null, stream, timeout, static _ => new HttpErrorCode(HttpErrorKind.ConnectionTerminated)).ToValue();

    private static void AssertClosed(ComponentValue result)
    {
        Assert.Equal(1, result.Case);
        Assert.Equal(ClosedError.Case, result.Payload.Case);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new IOException("gone"));
    }
}
