using Mik.Components.Runtime;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests;

public sealed class HostBudgetTests
{
    [Fact]
    public void Resources_that_are_never_dropped_trap_in_the_end()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { MaxHeldBytes = 100_000 } });

        var trap = Assert.Throws<TrapException>((Action)(() =>
        {
            while (true)
            {
                guest.Call("wasi:clocks/monotonic-clock#subscribe-duration", ComponentValue.U64(1));
            }
        }));

        Assert.Contains("100000 bytes", trap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bodies_that_are_never_sent_count_together()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { MaxHeldBytes = 100_000 } });

        Assert.Throws<TrapException>((Action)(() =>
        {
            while (true)
            {
                WriteBody(guest, 10_000);
            }
        }));
    }

    [Fact]
    public async Task What_is_let_go_is_given_back()
    {
        using var guest = new Guest(new WasiContext { Limits = new WasiLimits { MaxHeldBytes = 100_000 } });
        for (var i = 0; i < 100; i++)
        {
            var fields = guest.Headers(("a", new string('x', 10_000)));
            var clone = guest.Http("[method]fields.clone", fields);
            guest.Http("[method]fields.delete", fields, Guest.Text("a"));
            Guest.Drop(fields);
            Guest.Drop(guest.Http("[constructor]outgoing-request", clone));
            Guest.Drop(guest.Http("[static]fields.from-list", ComponentValue.Values()).Payload);
            Guest.Drop(WriteBody(guest, 10_000));

            var read = WriteBody(guest, 10_000);
            await read.AsResource<OutgoingBody>().Content.ReadAsync(TestContext.Current.CancellationToken);
            Guest.Drop(read);

            var stopped = WriteBody(guest, 10_000);
            stopped.AsResource<OutgoingBody>().Content.Stop();
            Guest.Drop(stopped);
        }

        Assert.Equal(0, guest.Context.Budget.Used);
    }

    private static ComponentValue WriteBody(Guest guest, int length)
    {
        var response = guest.Http("[constructor]outgoing-response", guest.Http("[constructor]fields"));
        var body = Guest.Ok(guest.Http("[method]outgoing-response.body", response));
        Guest.Drop(response);
        var stream = Guest.Ok(guest.Http("[method]outgoing-body.write", body));
        Guest.Ok(guest.Stream("[method]output-stream.blocking-write-and-flush", stream, ComponentValue.Bytes(new byte[length])));
        Guest.Drop(stream);
        return body;
    }
}
