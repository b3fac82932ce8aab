using System.Buffers;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>
/// What follows a received body. To know it the rest of the body must be read, which only happens when the guest asks.
/// wit: wasi:http/types#future-trailers
/// </summary>
internal sealed class FutureTrailers(WasiContext context, IncomingContent content) : GuestResource(context), IReadiness
{
    private Task<IReadOnlyList<HttpField>>? _trailers;
    private bool _given;

    public static HostResourceType Type { get; } = TypeOf("future-trailers");

    public bool IsReady => _trailers is { IsCompleted: true };

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var received = Result(Option(Own(Fields.Type)), HttpErrorCode.Type);
        target
            .Resource(Type)
            .Func("[method]future-trailers.subscribe", Subscribe, Own(Pollable.Type), self)
            .Func("[method]future-trailers.get", Get, Option(Result(received, null)), self);
    }

    public void Arm()
    {
        if (_trailers is null)
        {
            _trailers = ReceiveAsync(Context.Lifetime);
            _trailers.ConfigureAwait(false).GetAwaiter().OnCompleted(Context.WakeUp.Signal);
        }
    }

    // wit: wasi:http/types#future-trailers.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<FutureTrailers>()).ToValue();

    // wit: wasi:http/types#future-trailers.get
    internal static ComponentValue Get(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var future = arguments[0].AsResource<FutureTrailers>();
        future.Arm();
        if (!future.IsReady)
        {
            return ComponentValue.None;
        }

        if (future._given)
        {
            return ComponentValue.Some(ComponentValue.Error());
        }

        future._given = true;
        return ComponentValue.Some(ComponentValue.Ok(future.Received()));
    }

    protected override void OnDrop() => content.Release();

    private ComponentValue Received()
    {
        if (!_trailers!.IsCompletedSuccessfully)
        {
            var failure = _trailers.Exception?.InnerException ?? new OperationCanceledException();
            return ComponentValue.Error(content.Explain(failure).ToValue());
        }

        var entries = Fields.Receive(_trailers.Result);
        return ComponentValue.Ok(entries.Count == 0
            ? ComponentValue.None
            : ComponentValue.Some(Fields.ViewOf(this, entries).ToValue()));
    }

    private async Task<IReadOnlyList<HttpField>> ReceiveAsync(CancellationToken cancellation)
    {
        if (content.UnfinishedRead is { } unfinished)
        {
            await unfinished.WaitAsync(cancellation).ConfigureAwait(false);
        }

        if (content.Source is { } source)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
            while (await source.ReadAsync(buffer, cancellation).ConfigureAwait(false) > 0)
            {
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        return content.Trailers?.Invoke() ?? [];
    }
}
