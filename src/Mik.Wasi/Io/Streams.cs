using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Io;

/// <summary>Reading and writing streams. wit: wasi:io/streams</summary>
internal static class Streams
{
    private const int ZeroesBytes = 4096;

    private static readonly WitField Input = new("self", Borrow(InputStream.Type));
    private static readonly WitField Output = new("self", Borrow(OutputStream.Type));
    private static readonly WitField Length = new("len", U64);
    private static readonly WitField Contents = new("contents", List(U8));
    private static readonly WitField Source = new("src", Borrow(InputStream.Type));
    private static readonly WitType BytesOrError = Result(List(U8), StreamError.Type);
    private static readonly WitType CountOrError = Result(U64, StreamError.Type);
    private static readonly WitType NothingOrError = Result(null, StreamError.Type);

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:io/streams")
        .Resource(InputStream.Type)
        .Resource(OutputStream.Type)
        .Func("[method]input-stream.read", Read, BytesOrError, Input, Length)
        .Func("[method]input-stream.blocking-read", BlockingRead, BytesOrError, Input, Length)
        .Func("[method]input-stream.skip", Skip, CountOrError, Input, Length)
        .Func("[method]input-stream.blocking-skip", BlockingSkip, CountOrError, Input, Length)
        .Func("[method]input-stream.subscribe", SubscribeInput, Own(Pollable.Type), Input)
        .Func("[method]output-stream.check-write", CheckWrite, CountOrError, Output)
        .Func("[method]output-stream.write", Write, NothingOrError, Output, Contents)
        .Func("[method]output-stream.blocking-write-and-flush", BlockingWriteAndFlush, NothingOrError, Output, Contents)
        .Func("[method]output-stream.flush", Flush, NothingOrError, Output)
        .Func("[method]output-stream.blocking-flush", BlockingFlush, NothingOrError, Output)
        .Func("[method]output-stream.subscribe", SubscribeOutput, Own(Pollable.Type), Output)
        .Func("[method]output-stream.write-zeroes", WriteZeroes, NothingOrError, Output, Length)
        .Func("[method]output-stream.blocking-write-zeroes-and-flush", BlockingWriteZeroesAndFlush, NothingOrError, Output, Length)
        .Func("[method]output-stream.splice", Splice, CountOrError, Output, Source, Length)
        .Func("[method]output-stream.blocking-splice", BlockingSplice, CountOrError, Output, Source, Length);

    // wit: wasi:io/streams#input-stream.read
    internal static ComponentValue Read(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var bytes = Take(arguments[0].AsResource<InputStream>(), arguments[1].AsU64, out var error);
        return error?.ToResult() ?? ComponentValue.Ok(ComponentValue.Bytes(bytes.ToArray()));
    }

    // wit: wasi:io/streams#input-stream.blocking-read
    internal static ComponentValue BlockingRead(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[0].AsResource<InputStream>().WaitUntilReady();
        return Read(state, arguments);
    }

    // wit: wasi:io/streams#input-stream.skip
    internal static ComponentValue Skip(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var bytes = Take(arguments[0].AsResource<InputStream>(), arguments[1].AsU64, out var error);
        return error?.ToResult() ?? ComponentValue.Ok(ComponentValue.U64((ulong)bytes.Length));
    }

    // wit: wasi:io/streams#input-stream.blocking-skip
    internal static ComponentValue BlockingSkip(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[0].AsResource<InputStream>().WaitUntilReady();
        return Skip(state, arguments);
    }

    // wit: wasi:io/streams#input-stream.subscribe
    internal static ComponentValue SubscribeInput(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<InputStream>()).ToValue();

    // wit: wasi:io/streams#output-stream.check-write
    internal static ComponentValue CheckWrite(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var room = arguments[0].AsResource<OutputStream>().CheckWrite(out var error);
        return error?.ToResult() ?? ComponentValue.Ok(ComponentValue.U64((ulong)room));
    }

    // wit: wasi:io/streams#output-stream.write
    internal static ComponentValue Write(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var stream = arguments[0].AsResource<OutputStream>();
        var contents = arguments[1].AsBytes.Span;
        stream.RequirePermit((ulong)contents.Length);
        return stream.Write(contents)?.ToResult() ?? ComponentValue.Ok();
    }

    // wit: wasi:io/streams#output-stream.blocking-write-and-flush
    // NOTE: WIT says up to 4096 bytes. More is accepted, because widely used guest bindings write whole bodies in one call, and
    // writing in pieces is what they would do if they looped themselves.
    internal static ComponentValue BlockingWriteAndFlush(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        arguments[0].AsResource<OutputStream>().WriteAll(arguments[1].AsBytes.Span)?.ToResult() ?? ComponentValue.Ok();

    // wit: wasi:io/streams#output-stream.flush
    internal static ComponentValue Flush(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[0].AsResource<OutputStream>().CheckWrite(out var error);
        return error?.ToResult() ?? ComponentValue.Ok();
    }

    // wit: wasi:io/streams#output-stream.blocking-flush
    internal static ComponentValue BlockingFlush(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[0].AsResource<OutputStream>().WaitUntilReady();
        return Flush(state, arguments);
    }

    // wit: wasi:io/streams#output-stream.subscribe
    internal static ComponentValue SubscribeOutput(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<OutputStream>()).ToValue();

    // wit: wasi:io/streams#output-stream.write-zeroes
    internal static ComponentValue WriteZeroes(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var stream = arguments[0].AsResource<OutputStream>();
        stream.RequirePermit(arguments[1].AsU64);
        return WriteAllZeroes(stream, arguments[1].AsU64)?.ToResult() ?? ComponentValue.Ok();
    }

    // wit: wasi:io/streams#output-stream.blocking-write-zeroes-and-flush
    internal static ComponentValue BlockingWriteZeroesAndFlush(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        // Unlike bytes, zeroes cost the guest nothing, so the limit of 4096 is kept: it could fill the network with one call.
        if (arguments[1].AsU64 > ZeroesBytes)
        {
            throw new TrapException(TrapCode.HostRefused, $"more than {ZeroesBytes} zeroes in one blocking write");
        }

        return WriteAllZeroes(arguments[0].AsResource<OutputStream>(), arguments[1].AsU64)?.ToResult() ?? ComponentValue.Ok();
    }

    // wit: wasi:io/streams#output-stream.splice
    internal static ComponentValue Splice(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var output = arguments[0].AsResource<OutputStream>();
        var room = output.CheckWrite(out var error);
        if (error is not null)
        {
            return error.ToResult();
        }

        var bytes = Take(arguments[1].AsResource<InputStream>(), Math.Min(arguments[2].AsU64, (ulong)room), out error);
        error ??= bytes.IsEmpty ? null : output.Write(bytes.Span);
        return error?.ToResult() ?? ComponentValue.Ok(ComponentValue.U64((ulong)bytes.Length));
    }

    // wit: wasi:io/streams#output-stream.blocking-splice
    internal static ComponentValue BlockingSplice(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[0].AsResource<OutputStream>().WaitUntilReady();
        arguments[1].AsResource<InputStream>().WaitUntilReady();
        return Splice(state, arguments);
    }

    private static ReadOnlyMemory<byte> Take(InputStream stream, ulong length, out StreamError? error) =>
        stream.Read((int)Math.Min(length, InputStream.MaxReadBytes), out error);

    private static StreamError? WriteAllZeroes(OutputStream stream, ulong length)
    {
        ReadOnlySpan<byte> zeroes = stackalloc byte[512];
        StreamError? error = null;
        for (; length > 0 && error is null; length -= Math.Min(length, (ulong)zeroes.Length))
        {
            error = stream.WriteAll(zeroes[..(int)Math.Min(length, (ulong)zeroes.Length)]);
        }

        return error;
    }
}
