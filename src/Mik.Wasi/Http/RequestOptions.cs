using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>How long parts of an outgoing request may take. wit: wasi:http/types#request-options</summary>
internal sealed class RequestOptions(WasiContext context) : GuestResource(context)
{
    private const long NanosecondsPerTick = 100;

    public static HostResourceType Type { get; } = TypeOf("request-options");

    /// <summary>In nanoseconds, as the guest gave it.</summary>
    public ulong? ConnectTimeout { get; private set; }

    /// <inheritdoc cref="ConnectTimeout"/>
    public ulong? FirstByteTimeout { get; private set; }

    /// <inheritdoc cref="ConnectTimeout"/>
    public ulong? BetweenBytesTimeout { get; private set; }

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var duration = new WitField("duration", Option(U64));
        var done = Result(null, null);
        target
            .Resource(Type)
            .Func("[constructor]request-options", Construct, Own(Type))
            .Func("[method]request-options.connect-timeout", GetConnectTimeout, Option(U64), self)
            .Func("[method]request-options.set-connect-timeout", SetConnectTimeout, done, self, duration)
            .Func("[method]request-options.first-byte-timeout", GetFirstByteTimeout, Option(U64), self)
            .Func("[method]request-options.set-first-byte-timeout", SetFirstByteTimeout, done, self, duration)
            .Func("[method]request-options.between-bytes-timeout", GetBetweenBytesTimeout, Option(U64), self)
            .Func("[method]request-options.set-between-bytes-timeout", SetBetweenBytesTimeout, done, self, duration);
    }

    /// <summary>As a timeout; longer than timers can count (49 days) is as good as none.</summary>
    public static TimeSpan? ToTimeout(ulong? nanoseconds)
    {
        const ulong longest = uint.MaxValue * 1_000_000UL / 2;
        return nanoseconds is { } value and < longest ? new TimeSpan(((long)value + NanosecondsPerTick - 1) / NanosecondsPerTick) : null;
    }

    // wit: wasi:http/types#request-options.constructor
    internal static ComponentValue Construct(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new RequestOptions(WasiContext.Of(state)).ToValue();

    // wit: wasi:http/types#request-options.connect-timeout
    internal static ComponentValue GetConnectTimeout(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ToValue(Of(arguments).ConnectTimeout);

    // wit: wasi:http/types#request-options.set-connect-timeout
    internal static ComponentValue SetConnectTimeout(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        Of(arguments).ConnectTimeout = FromValue(arguments[1]);
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#request-options.first-byte-timeout
    internal static ComponentValue GetFirstByteTimeout(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ToValue(Of(arguments).FirstByteTimeout);

    // wit: wasi:http/types#request-options.set-first-byte-timeout
    internal static ComponentValue SetFirstByteTimeout(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        Of(arguments).FirstByteTimeout = FromValue(arguments[1]);
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#request-options.between-bytes-timeout
    internal static ComponentValue GetBetweenBytesTimeout(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ToValue(Of(arguments).BetweenBytesTimeout);

    // wit: wasi:http/types#request-options.set-between-bytes-timeout
    internal static ComponentValue SetBetweenBytesTimeout(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        Of(arguments).BetweenBytesTimeout = FromValue(arguments[1]);
        return ComponentValue.Ok();
    }

    private static RequestOptions Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<RequestOptions>();

    private static ulong? FromValue(ComponentValue option) => option.IsSome ? option.Payload.AsU64 : null;

    private static ComponentValue ToValue(ulong? duration) =>
        duration is { } value ? ComponentValue.Some(ComponentValue.U64(value)) : ComponentValue.None;
}
