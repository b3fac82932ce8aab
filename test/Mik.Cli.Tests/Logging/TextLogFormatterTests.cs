using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Mik.Cli.Logging;
using Xunit;

namespace Mik.Cli.Tests.Logging;

public sealed class TextLogFormatterTests
{
    [Fact]
    public void An_entry_is_a_line_and_further_lines_are_indented()
    {
        Assert.Matches("^[0-9:.]{12} warning what\n {13}happened\n$", Format(LogLevel.Warning, "what\nhappened\n", null));
        Assert.Matches("^[0-9:.]{12} what\n$", Format(LogLevel.Information, "what", null));
    }

    [Fact]
    public void An_exception_can_neither_forge_an_entry_nor_paint_the_terminal()
    {
        var text = Format(LogLevel.Error, "what", new InvalidOperationException("one\r\n12:00:00.000 forged\u001b[2J\u2028\u202e"));

        Assert.Contains(@"forged\x1B[2J", text, StringComparison.Ordinal);
        Assert.Contains(@"\u202E", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n')[1..^1], static line => Assert.StartsWith("             ", line, StringComparison.Ordinal));
    }

    private static string Format(LogLevel level, string message, Exception? exception)
    {
        var output = new ArrayBufferWriter<byte>();
        var cli = new CliOutput(TextWriter.Null, TextWriter.Null, colorsOutput: false, colorsError: false);
        new TextLogFormatter(cli, new FakeTimeProvider()).Write(new LogEntry<string>(level, "c", 0, message, exception, static (text, _) => text), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
