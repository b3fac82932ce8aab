using Mik.Components.Types;

namespace Mik.Wasi.Io;

/// <summary>A source of bytes. wit: wasi:io/streams#input-stream</summary>
internal abstract class InputStream(WasiContext context, GuestResource? parent = null) : GuestResource(context, parent), IReadiness
{
    /// <summary>Most bytes one read gives, whatever the guest asks for: what it costs to copy stays bounded.</summary>
    public const int MaxReadBytes = 64 * 1024;

    public static HostResourceType Type { get; } = TypeOf("input-stream");

    /// <summary>Whether <see cref="Read"/> gives at least a byte, or an error.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Starts what makes the stream ready.</summary>
    public abstract void Arm();

    /// <summary>
    /// Takes up to <paramref name="max"/> bytes without waiting, none when none are there yet. They stay valid until the next read.
    /// </summary>
    public abstract ReadOnlyMemory<byte> Read(int max, out StreamError? error);

    public void WaitUntilReady() => Context.WakeUp.WaitUntil(this, static self => self.IsReady, static self => self.Arm());
}

/// <summary>A stream with nothing in it, such as the standard input of a request handler.</summary>
internal sealed class EmptyInputStream(WasiContext context, GuestResource? parent = null) : InputStream(context, parent)
{
    public override bool IsReady => true;

    public override void Arm()
    {
    }

    public override ReadOnlyMemory<byte> Read(int max, out StreamError? error)
    {
        error = StreamError.Closed;
        return default;
    }
}
