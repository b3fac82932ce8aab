using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mik.Server.Observability;

namespace Mik.Cli.Logging;

/// <summary>The log as people read it: time, level where it is not the usual one, message. Further lines of a message are indented.</summary>
internal sealed class TextLogFormatter(CliOutput cli, TimeProvider time) : LogFormatter
{
    private const string Indent = "             ";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> entry, IBufferWriter<byte> output)
    {
        var text = new StringBuilder();
        text.Append(cli.FaintError(time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)));
        text.Append(' ');
        text.Append(entry.LogLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => cli.FaintError("debug "),
            LogLevel.Information => "",
            LogLevel.Warning => cli.WarningMark("warning "),
            _ => cli.ErrorMark("error "),
        });
        AppendLines(text, entry.Formatter(entry.State, entry.Exception));
        if (entry.Exception is { } exception)
        {
            text.Append(Indent);
            AppendLines(text, LogText.OfLines(exception.ToString().ReplaceLineEndings("\n"), MaxExceptionLength));
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
    }

    // A line that starts at the margin is an entry of the log, and nothing else is.
    private static void AppendLines(StringBuilder text, string lines) =>
        text.Append(lines.TrimEnd().ReplaceLineEndings($"\n{Indent}")).Append('\n');
}
