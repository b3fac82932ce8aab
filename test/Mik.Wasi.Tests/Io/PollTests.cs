using Microsoft.Extensions.Time.Testing;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Io;

public sealed class PollTests
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void Polling_nothing_traps()
    {
        using var guest = new Guest();

        Assert.Throws<TrapException>(() => guest.Call("wasi:io/poll#poll", ComponentValue.Values()));
    }

    [Fact]
    public async Task Polling_gives_the_indices_of_those_that_are_ready()
    {
        var time = new FakeTimeProvider();
        using var guest = new Guest(new WasiContext { TimeProvider = time });
        var late = Timer(guest, 10 * Second);
        var soon = Timer(guest, 1 * Second);
        var now = Timer(guest, 0);

        Assert.Equal([2U], Indices(guest.Call("wasi:io/poll#poll", ComponentValue.Values(late, soon, now))));

        var waiting = Task.Run(() => Indices(guest.Call("wasi:io/poll#poll", ComponentValue.Values(late, soon))), TestContext.Current.CancellationToken);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Contains(1U, await waiting);
        Assert.Equal([0U, 1U], Indices(guest.Call("wasi:io/poll#poll", ComponentValue.Values(now, soon))));
    }

    [Fact]
    public void A_pollable_may_outlive_its_stream()
    {
        using var guest = new Guest();
        var stdin = guest.Call("wasi:cli/stdin#get-stdin");
        var pollable = guest.Stream("[method]input-stream.subscribe", stdin);

        Guest.Drop(stdin);

        guest.Call("wasi:io/poll#[method]pollable.block", pollable);
        Assert.True(guest.Call("wasi:io/poll#[method]pollable.ready", pollable).AsBool);
    }

    private static ComponentValue Timer(Guest guest, ulong duration) =>
        guest.Call("wasi:clocks/monotonic-clock#subscribe-duration", ComponentValue.U64(duration));

    private static uint[] Indices(ComponentValue list) => [.. list.AsValues.ToArray().Select(value => value.AsU32)];
}
