using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Mik.Cli.Logging;

/// <summary>Composes the log, which goes to standard error: standard output belongs to a command's own answer.</summary>
internal static class ConsoleLogging
{
    /// <summary>Whether entries are JSON objects, so that nothing else should be written between them.</summary>
    public static bool IsJson(LogFormat format) => format == LogFormat.Json || (format == LogFormat.Auto && Console.IsErrorRedirected);

    /// <summary>A log of at least <paramref name="level"/>. Disposing it writes what is still queued.</summary>
    public static ILoggerFactory Create(LogFormat format, LogLevel level, CliOutput output) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level);

        // The web server's own account of each request repeats ours in more words.
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);

        if (IsJson(format))
        {
            logging.AddConsole(static console => console.FormatterName = JsonLogFormatter.FormatterName);
            logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
            logging.Services.AddSingleton(TimeProvider.System);
        }
        else
        {
            logging.AddConsole(static console => console.FormatterName = TextLogFormatter.FormatterName);
            logging.AddConsoleFormatter<TextLogFormatter, ConsoleFormatterOptions>();
            logging.Services.AddSingleton(output);
        }

        logging.Services.Configure<ConsoleLoggerOptions>(static console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // A reader that stopped reading must not stop the requests; the log says how many entries it lost.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    });
}
