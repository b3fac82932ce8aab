using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>The answer to a request on its way. wit: wasi:http/types#future-incoming-response</summary>
internal sealed class FutureIncomingResponse(WasiContext context, TimeSpan? betweenBytes) : GuestResource(context), IReadiness
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.Lifetime);
    private readonly ExchangeSlot _slot = new(context);
    private Task<OutgoingHttpResponse>? _response;
    private bool _given;

    public static HostResourceType Type { get; } = TypeOf("future-incoming-response");

    public bool IsReady => _response!.IsCompleted;

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var received = Result(Own(IncomingResponse.Type), HttpErrorCode.Type);
        target
            .Resource(Type)
            .Func("[method]future-incoming-response.subscribe", Subscribe, Own(Pollable.Type), self)
            .Func("[method]future-incoming-response.get", Get, Option(Result(received, null)), self);
    }

    /// <summary>Starts; what is refused at once is returned.</summary>
    public HttpErrorCode? Send(IOutgoingHttp http, OutgoingHttpRequest request)
    {
        _response = http.SendAsync(request, _cancellation.Token);
        if (_response is { IsFaulted: true, Exception.InnerException: OutgoingHttpException refused })
        {
            _cancellation.Dispose();
            _slot.Dispose();
            Take();
            return refused.Code;
        }

        _response.ConfigureAwait(false).GetAwaiter().OnCompleted(Context.WakeUp.Signal);
        return null;
    }

    public void Arm()
    {
        // The continuation of the task signals already.
    }

    // wit: wasi:http/types#future-incoming-response.subscribe
    internal static ComponentValue Subscribe(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new ReadinessPollable(WasiContext.Of(state), arguments[0].AsResource<FutureIncomingResponse>()).ToValue();

    // wit: wasi:http/types#future-incoming-response.get
    internal static ComponentValue Get(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var future = arguments[0].AsResource<FutureIncomingResponse>();
        if (!future.IsReady)
        {
            return ComponentValue.None;
        }

        if (future._given)
        {
            return ComponentValue.Some(ComponentValue.Error());
        }

        future._given = true;
        if (!future._response!.IsCompletedSuccessfully)
        {
            future._slot.Dispose();
        }

        return ComponentValue.Some(ComponentValue.Ok(future.Received()));
    }

    protected override void OnDrop()
    {
        if (!_given)
        {
            // Nobody can get the response any more, whether it is there or still to come.
            _cancellation.Cancel();
            _slot.Dispose();
            _ = _response!.ContinueWith(
                static done => done.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        _cancellation.Dispose();
    }

    private ComponentValue Received() => _response switch
    {
        { IsCompletedSuccessfully: true, Result: var response } =>
            ComponentValue.Ok(new IncomingResponse(Context, response, betweenBytes, _slot).ToValue()),
        { Exception.InnerException: OutgoingHttpException failed } => ComponentValue.Error(failed.Code.ToValue()),
        { IsCanceled: true } => ComponentValue.Error(new HttpErrorCode(HttpErrorKind.ConnectionTerminated).ToValue()),

        // Anything else is the host's own failure, and none of the guest's business.
        { Exception.InnerException: { } failure } => throw new InvalidOperationException("outgoing HTTP failed", failure),
        _ => throw new InvalidOperationException("the response is not there"),
    };
}
