using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mik.Cli.Logging;

/// <summary>How an entry of the log looks. Thread-safe.</summary>
internal abstract class LogFormatter
{
    /// <summary>Where a stack is longer, its beginning is what matters.</summary>
    protected const int MaxExceptionLength = 16 * 1024;

    /// <summary>Writes an entry as one or more whole lines in UTF-8.</summary>
    public abstract void Write<TState>(in LogEntry<TState> entry, IBufferWriter<byte> output);
}
