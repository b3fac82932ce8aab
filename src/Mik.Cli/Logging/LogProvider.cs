using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mik.Cli.Logging;

/// <summary>Loggers that format on the thread that logs and leave the rest to a <see cref="LogWriter"/>. Thread-safe.</summary>
internal sealed class LogProvider : ILoggerProvider
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _entry;

    private readonly LogFormatter _formatter;
    private readonly LogWriter _writer;

    /// <summary>A log that goes to a stream.</summary>
    public LogProvider(LogFormatter formatter, Stream stream)
    {
        _formatter = formatter;
        _writer = new LogWriter(stream, DescribeLoss);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Writes what still waits.</summary>
    public void Dispose() => _writer.Dispose();

    private byte[] DescribeLoss(long lost)
    {
        var text = $"{lost} entries of the log were lost: they were not read in time";
        var entry = new ArrayBufferWriter<byte>();
        _formatter.Write(new LogEntry<string>(LogLevel.Warning, nameof(LogWriter), default, text, null, static (text, _) => text), entry);
        return entry.WrittenSpan.ToArray();
    }

    private void Write<TState>(in LogEntry<TState> entry)
    {
        // Taken away meanwhile: what is formatted might log.
        var buffer = _entry ?? new ArrayBufferWriter<byte>(1024);
        _entry = null;
        _formatter.Write(entry, buffer);
        _writer.Write(buffer.WrittenSpan);

        const int KeptBytes = 16 * 1024;
        if (buffer.Capacity <= KeptBytes)
        {
            buffer.ResetWrittenCount();
            _entry = buffer;
        }
    }

    private sealed class Logger(LogProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
    }
}
