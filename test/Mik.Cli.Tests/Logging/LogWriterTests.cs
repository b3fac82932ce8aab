using System.Text;
using Mik.Cli.Logging;
using Xunit;

namespace Mik.Cli.Tests.Logging;

public sealed class LogWriterTests
{
    [Fact]
    public void Entries_of_many_threads_arrive_whole_and_all_of_them_before_the_end()
    {
        var stream = new MemoryStream();
        using (var writer = new LogWriter(stream, static _ => []))
        {
            Parallel.For(0, 1000, i => writer.Write(Encoding.UTF8.GetBytes($"entry {i}\n")));
        }

        var lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => $"entry {i}").Order(), lines.Order());
    }

    [Fact]
    public void A_reader_that_stops_reading_holds_nobody_up_and_is_told_what_it_missed()
    {
        var reader = new StoppedReader();
        using (var writer = new LogWriter(reader, static lost => Encoding.UTF8.GetBytes($"lost {lost}\n")))
        {
            writer.Write("first\n"u8);
            reader.Blocked.Wait(TestContext.Current.CancellationToken);
            var entry = new byte[LogWriter.MaxWaiting / 4];
            for (var i = 0; i < 7; i++)
            {
                writer.Write(entry);
            }

            reader.GoOn.Set();
        }

        var text = Encoding.UTF8.GetString(reader.Received.ToArray());
        Assert.StartsWith("first\n", text, StringComparison.Ordinal);
        Assert.EndsWith("lost 3\n", text, StringComparison.Ordinal);
        Assert.Equal(LogWriter.MaxWaiting, text.Count('\0'));
    }

    [Fact]
    public void A_reader_that_has_gone_is_nobody_s_problem()
    {
        var closed = new MemoryStream();
        closed.Dispose();
        using var writer = new LogWriter(closed, static _ => []);

        writer.Write("nobody reads this\n"u8);
    }

    private sealed class StoppedReader : MemoryStream
    {
        public ManualResetEventSlim Blocked { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public MemoryStream Received { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Blocked.Set();
            GoOn.Wait();
            Received.Write(buffer);
        }
    }
}
