using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Wasi.Io;

/// <summary>Why a stream operation gave nothing. wit: wasi:io/streams#stream-error</summary>
internal sealed class StreamError
{
    private readonly IoError? _failure;

    private StreamError(IoError? failure) => _failure = failure;

    public static WitType Type { get; } = WitType.Variant(
        new WitCase("last-operation-failed", WitType.Own(IoError.Type)),
        new WitCase("closed", null));

    public static StreamError Closed { get; } = new(null);

    public bool IsClosed => _failure is null;

    /// <summary>What failed; <see langword="null"/> when the stream is merely closed.</summary>
    public IoError? Failure => _failure;

    public static StreamError Failed(IoError failure) => new(failure);

    public ComponentValue ToResult() => ComponentValue.Error(
        _failure is null ? ComponentValue.OfCase(1) : ComponentValue.OfCase(0, ComponentValue.Resource(_failure)));
}
