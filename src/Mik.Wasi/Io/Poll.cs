using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Io;

/// <summary>Waiting for pollables. wit: wasi:io/poll</summary>
internal static class Poll
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:io/poll")
        .Resource(Pollable.Type)
        .Func("[method]pollable.ready", Ready, Bool, new WitField("self", Borrow(Pollable.Type)))
        .Func("[method]pollable.block", Block, null, new WitField("self", Borrow(Pollable.Type)))
        .Func("poll", PollMany, List(U32), new WitField("in", List(Borrow(Pollable.Type))));

    // wit: wasi:io/poll#pollable.ready
    internal static ComponentValue Ready(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var pollable = arguments[0].AsResource<Pollable>();
        pollable.Arm();
        return ComponentValue.Bool(pollable.IsReady);
    }

    // wit: wasi:io/poll#pollable.block
    internal static ComponentValue Block(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        WasiContext.Of(state).WakeUp.WaitUntil(
            arguments[0].AsResource<Pollable>(),
            static pollable => pollable.IsReady,
            static pollable => pollable.Arm());
        return default;
    }

    // wit: wasi:io/poll#poll
    internal static ComponentValue PollMany(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var handles = arguments[0].AsValues;
        if (handles.IsEmpty)
        {
            throw new TrapException(TrapCode.HostRefused, "poll was given no pollables");
        }

        var pollables = new Pollable[handles.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            pollables[i] = handles[i].AsResource<Pollable>();
        }

        WasiContext.Of(state).WakeUp.WaitUntil(
            pollables,
            static all => Array.Exists(all, static pollable => pollable.IsReady),
            static all => Array.ForEach(all, static pollable => pollable.Arm()));

        var ready = new List<ComponentValue>(pollables.Length);
        for (var i = 0; i < pollables.Length; i++)
        {
            if (pollables[i].IsReady)
            {
                ready.Add(ComponentValue.U32((uint)i));
            }
        }

        return ComponentValue.Values([.. ready]);
    }
}
