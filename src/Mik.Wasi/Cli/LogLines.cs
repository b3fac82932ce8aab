using System.Buffers;
using System.Text;

namespace Mik.Wasi.Cli;

/// <summary>
/// Makes lines of what a guest prints to one output, fit for a log: a guest can neither forge entries with control characters
/// nor fill the log with one endless line.
/// </summary>
internal sealed class LogLines(IGuestLog log, GuestOutput output, int maxLength)
{
    // Far above what programs print in a line, and small enough that no log back end cuts it differently.
    private const int MaxLineBytes = 8 * 1024;

    private readonly ArrayBufferWriter<byte> _line = new();
    private int _cut;
    private int _length;
    private bool _full;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            Append(bytes[..end]);
            EndLine();
            bytes = bytes[(end + 1)..];
        }

        Append(bytes);
    }

    /// <summary>Logs what was printed after the last end of line.</summary>
    public void Flush()
    {
        if (_line.WrittenCount > 0)
        {
            EndLine();
        }
    }

    internal static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed);
            if (status == OperationStatus.Done && (!Misleads(rune) || rune.Value == '\t'))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in bytes[..consumed])
                {
                    text.Append("\\x").Append(b.ToString("x2"));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    // Terminals and log viewers break lines at separators as well, and reorder what follows a change of direction.
    private static bool Misleads(Rune rune) =>
        Rune.IsControl(rune) || rune.Value is 0x61C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var kept = Math.Min(bytes.Length, MaxLineBytes - _line.WrittenCount);
        _line.Write(bytes[..kept]);
        _cut += bytes.Length - kept;
    }

    private void EndLine()
    {
        var bytes = _line.WrittenSpan;
        if (bytes is [.., (byte)'\r'])
        {
            bytes = bytes[..^1];
        }

        var line = Escape(bytes);
        if (_cut > 0)
        {
            line += $" […{_cut} bytes more]";
        }

        _line.ResetWrittenCount();
        _cut = 0;
        Emit(line);
    }

    private void Emit(string line)
    {
        if (_full)
        {
            return;
        }

        _length += line.Length + 1;
        if (_length > maxLength)
        {
            _full = true;
            line = $"[the rest of this instance's {output} is discarded: more than {maxLength} characters]";
        }

        log.WriteLine(output, line);
    }
}
