using Mik.Scripting.Execution;
using Xunit;

namespace Mik.Scripting.Tests.Execution;

public sealed class ScriptConsoleTests
{
    private readonly FakeConsole _log = new();

    [Fact]
    public void Messages_within_the_limits_pass_and_nothing_is_said()
    {
        var console = Create(new ScriptLimits { MaxLogMessages = 2, MaxLogLength = 6 });

        console.Write(3, "one");
        console.Write(99, "two");
        console.ReportDropped();

        Assert.Equal(
            [(ScriptLogLevel.Error, "cart", "r-1", "one"), (ScriptLogLevel.Information, "cart", "r-1", "two")],
            _log.Lines);
    }

    [Theory]
    [InlineData(2, 100)]
    [InlineData(100, 5)]
    public void What_is_dropped_is_counted_and_said_once(int messages, int length)
    {
        var console = Create(new ScriptLimits { MaxLogMessages = messages, MaxLogLength = length });

        foreach (var message in (string[])["ab", "cd", "three", "f"])
        {
            console.Write(1, message);
        }

        console.ReportDropped();

        Assert.Equal(["ab", "cd"], _log.Lines.SkipLast(1).Select(static line => line.Message));
        Assert.StartsWith("2 more messages with 6 characters were dropped", _log.Lines[^1].Message, StringComparison.Ordinal);
        Assert.Equal(ScriptLogLevel.Warning, _log.Lines[^1].Level);
    }

    private ScriptConsole Create(ScriptLimits limits) => new(_log, "cart", "r-1", limits);
}
