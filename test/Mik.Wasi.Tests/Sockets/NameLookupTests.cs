using System.Net;
using System.Net.Sockets;
using static Mik.Wasi.Tests.Sockets.SocketGuest;

namespace Mik.Wasi.Tests.Sockets;

public sealed class NameLookupTests
{
    private const string Next = "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address";

    [Fact]
    public void Addresses_are_given_one_by_one()
    {
        using var guest = new SocketGuest(
            static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("::ffff:10.0.0.1"), IPAddress.Parse("fd00::1")]), "a.example:80");
        var lookup = Guest.Ok(guest.Guest.Call("wasi:sockets/ip-name-lookup#resolve-addresses", guest.Network, Guest.Text("A.example")));

        var first = Guest.Some(Guest.Ok(guest.Guest.Call(Next, lookup)));
        Assert.Equal((0, 10U, 1U), (first.Case, first.Payload.AsValues[0].AsU32, first.Payload.AsValues[3].AsU32));
        var second = Guest.Some(Guest.Ok(guest.Guest.Call(Next, lookup)));
        Assert.Equal((1, 0xFD00U, 1U), (second.Case, second.Payload.AsValues[0].AsU32, second.Payload.AsValues[7].AsU32));
        Assert.False(Guest.Ok(guest.Guest.Call(Next, lookup)).IsSome);
    }

    [Fact]
    public void A_lookup_that_takes_its_time_would_block()
    {
        var addresses = new TaskCompletionSource<IPAddress[]>();
        using var guest = new SocketGuest((_, _) => addresses.Task, "a.example:80");
        var lookup = Guest.Ok(guest.Guest.Call("wasi:sockets/ip-name-lookup#resolve-addresses", guest.Network, Guest.Text("a.example")));

        Assert.Equal("WouldBlock", Outcome(guest.Guest.Call(Next, lookup)));
        addresses.SetResult([]);
        Assert.Equal("NameUnresolvable", Outcome(guest.Guest.Call(Next, lookup)));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "NameUnresolvable")]
    [InlineData(SocketError.TryAgain, "TemporaryResolverFailure")]
    [InlineData(SocketError.NoRecovery, "PermanentResolverFailure")]
    public void Failures_have_their_codes(SocketError error, string outcome)
    {
        using var guest = new SocketGuest((_, _) => Task.FromException<IPAddress[]>(new SocketException((int)error)), "a.example:80");

        Assert.Equal(outcome, Outcome(guest.LookUp("a.example")));
    }

    [Theory]
    [InlineData("b.example", "AccessDenied")]
    [InlineData("sub.a.example", "AccessDenied")]
    [InlineData("not a name", "InvalidArgument")]
    [InlineData("", "InvalidArgument")]
    [InlineData("127.0.0.1", "ok")]
    public void Only_names_on_the_list_are_looked_up(string name, string outcome)
    {
        using var guest = new SocketGuest("a.example:80");

        Assert.Equal(outcome, Outcome(guest.LookUp(name)));
    }
}
