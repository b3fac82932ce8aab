using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Mik.Server.Observability;

namespace Mik.Cli.Logging;

/// <summary>The log as people read it: time, level where it is not the usual one, message. Further lines of a message are indented.</summary>
internal sealed class TextLogFormatter(CliOutput output) : ConsoleFormatter(FormatterName)
{
    /// <summary>What the console logger knows it by.</summary>
    public const string FormatterName = "mik-text";

    // Where a stack is longer, its beginning is what matters.
    private const int MaxExceptionLength = 16 * 1024;

    private const string Indent = "             ";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(output.FaintError(TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)));
        textWriter.Write(' ');
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => output.FaintError("debug "),
            LogLevel.Information => "",
            LogLevel.Warning => output.WarningMark("warning "),
            _ => output.ErrorMark("error "),
        });
        WriteLines(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(Indent);
            WriteLines(textWriter, LogText.OfLines(exception.ToString().ReplaceLineEndings("\n"), MaxExceptionLength));
        }
    }

    // A line that starts at the margin is an entry of the log, and nothing else is.
    private static void WriteLines(TextWriter writer, string text) =>
        writer.Write(text.TrimEnd().ReplaceLineEndings($"\n{Indent}") + "\n");
}
