using Microsoft.Extensions.Time.Testing;
using Mik.Server.Observability;
using Mik.Server.Tests.Fakes;
using Mik.Wasi;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class GuestLogTests : IDisposable
{
    private readonly RecordingLoggerFactory _log = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Lines_carry_the_handler_and_the_request()
    {
        var log = new GuestLog("orders", "r-1", new LogRate(_time), _log);

        log.WriteLine(GuestOutput.Stdout, "out");
        log.WriteLine(GuestOutput.Stderr, "error");

        Assert.Equal(["Information: orders: out (r-1)", "Warning: orders: error (r-1)"], _log.Lines);
    }

    [Fact]
    public void A_handler_that_prints_too_much_in_many_requests_is_cut_off_until_it_is_quiet()
    {
        var rate = new LogRate(_time);
        var line = new string('x', 10_000);
        for (var i = 0; i < 1000; i++)
        {
            new GuestLog("orders", $"r-{i}", rate, _log).WriteLine(GuestOutput.Stdout, line);
        }

        var printed = _log.Lines.Count(text => text.Contains("xxx", StringComparison.Ordinal));
        Assert.InRange(printed, 200, 210);
        Assert.Equal("Warning: Handler orders prints more than is kept: further lines are dropped until it prints less", _log.Lines[^1]);
        Assert.Equal(printed + 1, _log.Lines.Count);

        _time.Advance(TimeSpan.FromMilliseconds(500));
        new GuestLog("orders", "early", rate, _log).WriteLine(GuestOutput.Stdout, "early");
        Assert.Equal(printed + 1, _log.Lines.Count);

        _time.Advance(TimeSpan.FromSeconds(1));
        new GuestLog("orders", "later", rate, _log).WriteLine(GuestOutput.Stdout, "later");
        Assert.Equal(
            [$"Warning: {1001 - printed} lines that handler orders printed were dropped", "Information: orders: later (later)"],
            _log.Lines.TakeLast(2));
    }

    [Fact]
    public void Another_handler_has_a_rate_of_its_own()
    {
        var talkative = new GuestLog("a", "1", new LogRate(_time), _log);
        for (var i = 0; i < 300; i++)
        {
            talkative.WriteLine(GuestOutput.Stdout, new string('x', 10_000));
        }

        new GuestLog("b", "2", new LogRate(_time), _log).WriteLine(GuestOutput.Stdout, "fine");

        Assert.Equal("Information: b: fine (2)", _log.Lines[^1]);
    }
}
