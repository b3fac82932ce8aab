using Microsoft.Extensions.Time.Testing;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;

namespace Mik.Wasi.Tests.Http.Outgoing;

public sealed class ConnectClockTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_time_for_connecting_includes_the_look_up()
    {
        using var clock = Start(connect: 10, firstByte: null);
        clock.Connecting();
        _time.Advance(TimeSpan.FromSeconds(6));
        clock.Resolved();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(clock.Expired);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpErrorKind.ConnectionTimeout, clock.Expired);
        Assert.True(clock.Token.IsCancellationRequested);
    }

    [Fact]
    public void The_time_for_the_response_begins_with_the_connection()
    {
        using var clock = Start(connect: 10, firstByte: 5);
        clock.Connecting();
        clock.Resolved();
        _time.Advance(TimeSpan.FromSeconds(9));
        clock.Connected();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(clock.Expired);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpErrorKind.HttpResponseTimeout, clock.Expired);
    }

    [Fact]
    public void A_connection_that_was_there_already_only_has_the_second()
    {
        using var clock = Start(connect: 1, firstByte: 5);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpErrorKind.HttpResponseTimeout, clock.Expired);
    }

    [Fact]
    public void Nothing_runs_out_afterwards()
    {
        var clock = Start(connect: 1, firstByte: 1);
        clock.Dispose();
        clock.Connecting();
        clock.Resolved();
        clock.Connected();

        _time.Advance(TimeSpan.FromSeconds(9));

        Assert.Null(clock.Expired);
    }

    private ConnectClock Start(int? connect, int? firstByte) => new(
        new OutgoingHttpRequest
        {
            Method = "GET",
            Uri = new Uri("http://a.example/"),
            ConnectTimeout = connect is { } c ? TimeSpan.FromSeconds(c) : null,
            FirstByteTimeout = firstByte is { } f ? TimeSpan.FromSeconds(f) : null,
        },
        _time);
}
