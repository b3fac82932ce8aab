using Mik.Components.Types;

namespace Mik.Wasi.Io;

/// <summary>Something a guest can wait for. wit: wasi:io/poll#pollable</summary>
internal abstract class Pollable(WasiContext context) : GuestResource(context)
{
    public static HostResourceType Type { get; } = TypeOf("pollable");

    public abstract bool IsReady { get; }

    /// <summary>Sees to it that <see cref="WasiContext.WakeUp"/> is signaled when this becomes ready. May run often.</summary>
    public virtual void Arm()
    {
    }
}

/// <summary>What streams and futures have in common: they become ready.</summary>
internal interface IReadiness
{
    bool IsReady { get; }

    void Arm();
}

/// <summary>
/// Follows the readiness of a stream or future. Not its child: WIT lets a host trap when a stream goes before its pollables, but
/// nothing breaks here when it does.
/// </summary>
internal sealed class ReadinessPollable(WasiContext context, IReadiness subject) : Pollable(context)
{
    public override bool IsReady => subject.IsReady;

    public override void Arm() => subject.Arm();
}
