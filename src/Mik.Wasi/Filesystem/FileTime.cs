using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Mik.Components.Runtime;

namespace Mik.Wasi.Filesystem;

/// <summary>A time of a file, laid out as the system's <c>struct timespec</c>.</summary>
/// <param name="Seconds">Since 1970, negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999, or one of the two marks.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FileTime(long Seconds, long Nanoseconds)
{
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The time of the change, by the system's clock. posix: UTIME_NOW</summary>
    public static FileTime Now { get; } = new(0, (1L << 30) - 1);

    /// <summary>What it was. posix: UTIME_OMIT</summary>
    public static FileTime Unchanged { get; } = new(0, (1L << 30) - 2);

    public static FileTime From(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadInt64LittleEndian(record), BinaryPrimitives.ReadUInt32LittleEndian(record[8..]));

    /// <summary>What a guest wants a time to be; <see langword="null"/> if that is none. wit: wasi:filesystem/types#new-timestamp</summary>
    public static FileTime? From(ComponentValue value)
    {
        switch (value.Case)
        {
            case 0:
                return Unchanged;
            case 1:
                return Now;
            default:
                var fields = value.Payload.AsValues;
                var (seconds, nanoseconds) = (fields[0].AsU64, fields[1].AsU32);
                return seconds <= long.MaxValue && nanoseconds < NanosecondsPerSecond ? new FileTime((long)seconds, nanoseconds) : null;
        }
    }

    /// <summary>As an optional <c>datetime</c>, which has no room for times before 1970.</summary>
    public ComponentValue ToValue() => Seconds < 0
        ? ComponentValue.None
        : ComponentValue.Some(ComponentValue.Values(ComponentValue.U64((ulong)Seconds), ComponentValue.U32((uint)Nanoseconds)));
}
