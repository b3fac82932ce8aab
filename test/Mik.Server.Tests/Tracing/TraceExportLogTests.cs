using System.Diagnostics.Tracing;
using Microsoft.Extensions.Time.Testing;
using Mik.Server.Tests.Fakes;
using Mik.Server.Tracing;
using Xunit;

namespace Mik.Server.Tests.Tracing;

public sealed class TraceExportLogTests
{
    [Fact]
    public void Complaints_are_passed_on_once_a_minute()
    {
        var time = new FakeTimeProvider();
        using var logger = new RecordingLoggerFactory();
        using var library = new Library();
        using var log = new TraceExportLog(time, logger);

        library.Complain("one\nforged line");
        library.Complain("two");
        time.Advance(TimeSpan.FromMinutes(1));
        library.Complain("three");
        library.Whisper();

        Assert.Equal(
            ["Warning: Spans cannot be sent as they should be: no: one\\x0Aforged line", "Warning: Spans cannot be sent as they should be: no: three"],
            logger.Lines);
    }

    [EventSource(Name = "OpenTelemetry-Library-Of-Test")]
    private sealed class Library : EventSource
    {
        [Event(1, Message = "no: {0}", Level = EventLevel.Warning)]
        public void Complain(string what) => WriteEvent(1, what);

        [Event(2, Message = "yes", Level = EventLevel.Verbose)]
        public void Whisper() => WriteEvent(2);
    }
}
