using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Io;

/// <summary>A sink of bytes. wit: wasi:io/streams#output-stream</summary>
internal abstract class OutputStream(WasiContext context, GuestResource? parent = null) : GuestResource(context, parent), IReadiness
{
    public static HostResourceType Type { get; } = TypeOf("output-stream");

    /// <summary>Whether <see cref="CheckWrite"/> gives at least a byte, or an error.</summary>
    public abstract bool IsReady { get; }

    public virtual void Arm()
    {
    }

    /// <summary>Bytes that can be written now.</summary>
    public abstract int CheckWrite(out StreamError? error);

    /// <summary>Writes at most as many bytes as <see cref="CheckWrite"/> allows.</summary>
    public abstract StreamError? Write(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Writes all of it, waiting for room as often as needed. Accepted bytes are on their way without further ado, so that there
    /// is never anything to flush.
    /// </summary>
    public StreamError? WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            WaitUntilReady();
            var room = CheckWrite(out var error);
            if (error is not null)
            {
                return error;
            }

            var count = Math.Min(room, bytes.Length);
            error = Write(bytes[..count]);
            bytes = bytes[count..];
            if (error is not null || bytes.IsEmpty)
            {
                return error;
            }
        }
    }

    /// <summary>Refuses a write that <see cref="CheckWrite"/> did not permit.</summary>
    public void RequirePermit(ulong length)
    {
        var room = CheckWrite(out var error);
        if (error is null && length > (ulong)room)
        {
            throw new TrapException(TrapCode.HostRefused, $"a write of {length} bytes where check-write permits {room}");
        }
    }

    public void WaitUntilReady() => Context.WakeUp.WaitUntil(this, static self => self.IsReady, static self => self.Arm());
}
