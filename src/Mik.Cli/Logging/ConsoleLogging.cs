using Microsoft.Extensions.Logging;

namespace Mik.Cli.Logging;

/// <summary>Composes the log, which goes to standard error: standard output belongs to a command's own answer.</summary>
internal static class ConsoleLogging
{
    /// <summary>Whether entries are JSON objects, so that nothing else should be written between them.</summary>
    public static bool IsJson(LogFormat format) => format == LogFormat.Json || (format == LogFormat.Auto && Console.IsErrorRedirected);

    /// <summary>A log of at least <paramref name="level"/>. Disposing it writes what still waits.</summary>
    public static ILoggerFactory Create(LogFormat format, LogLevel level, CliOutput output)
    {
        var options = new LoggerFilterOptions { MinLevel = level };

        // The web server's own account of each request repeats ours in more words.
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning, null));

        // Without LoggerFactory.Create, which would have a container make the factory: every start would wait for that.
        var factory = new LoggerFactory([], options);
        LogFormatter formatter = IsJson(format) ? new JsonLogFormatter(TimeProvider.System) : new TextLogFormatter(output, TimeProvider.System);
        factory.AddProvider(new LogProvider(formatter, Console.OpenStandardError()));
        return factory;
    }
}
