using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>What went wrong with an exchange, in the words host and guest share. wit: wasi:http/types#error-code</summary>
/// <param name="Kind">The case.</param>
/// <param name="Detail">The text its payload has room for: a DNS rcode, a TLS alert, a field's name, a coding, a message.</param>
/// <param name="Number">The number its payload has room for: a DNS info code, a TLS alert, a size.</param>
public sealed record HttpErrorCode(HttpErrorKind Kind, string? Detail = null, ulong? Number = null)
{
    private static readonly WitType DnsPayload = Record(new("rcode", Option(WitType.String)), new("info-code", Option(U16)));
    private static readonly WitType TlsPayload = Record(new("alert-id", Option(U8)), new("alert-message", Option(WitType.String)));
    private static readonly WitType FieldSize = Record(new("field-name", Option(WitType.String)), new("field-size", Option(U32)));

    /// <summary>WIT's name of each case with its payload; the order is that of <see cref="HttpErrorKind"/>.</summary>
    private static readonly WitCase[] Cases =
    [
        new("DNS-timeout", null),
        new("DNS-error", DnsPayload),
        new("destination-not-found", null),
        new("destination-unavailable", null),
        new("destination-IP-prohibited", null),
        new("destination-IP-unroutable", null),
        new("connection-refused", null),
        new("connection-terminated", null),
        new("connection-timeout", null),
        new("connection-read-timeout", null),
        new("connection-write-timeout", null),
        new("connection-limit-reached", null),
        new("TLS-protocol-error", null),
        new("TLS-certificate-error", null),
        new("TLS-alert-received", TlsPayload),
        new("HTTP-request-denied", null),
        new("HTTP-request-length-required", null),
        new("HTTP-request-body-size", Option(U64)),
        new("HTTP-request-method-invalid", null),
        new("HTTP-request-URI-invalid", null),
        new("HTTP-request-URI-too-long", null),
        new("HTTP-request-header-section-size", Option(U32)),
        new("HTTP-request-header-size", Option(FieldSize)),
        new("HTTP-request-trailer-section-size", Option(U32)),
        new("HTTP-request-trailer-size", FieldSize),
        new("HTTP-response-incomplete", null),
        new("HTTP-response-header-section-size", Option(U32)),
        new("HTTP-response-header-size", FieldSize),
        new("HTTP-response-body-size", Option(U64)),
        new("HTTP-response-trailer-section-size", Option(U32)),
        new("HTTP-response-trailer-size", FieldSize),
        new("HTTP-response-transfer-coding", Option(WitType.String)),
        new("HTTP-response-content-coding", Option(WitType.String)),
        new("HTTP-response-timeout", null),
        new("HTTP-upgrade-failed", null),
        new("HTTP-protocol-error", null),
        new("loop-detected", null),
        new("configuration-error", null),
        new("internal-error", Option(WitType.String)),
    ];

    internal static WitType Type { get; } = Variant(Cases);

    /// <summary>WIT's name of the case, with what is known beside it.</summary>
    public override string ToString()
    {
        var name = Cases[(int)Kind].Name;
        return (Detail, Number) switch
        {
            (null, null) => name,
            ({ } detail, null) => $"{name} ({detail})",
            (null, { } number) => $"{name} ({number})",
            ({ } detail, { } number) => $"{name} ({detail}, {number})",
        };
    }

    internal static HttpErrorCode Internal(string message) => new(HttpErrorKind.InternalError, message);

    internal ComponentValue ToValue()
    {
        var text = Detail is null ? ComponentValue.None : ComponentValue.Some(ComponentValue.String(Detail));
        var number = Number is { } n ? ComponentValue.Some(ComponentValue.U64(n)) : ComponentValue.None;
        var type = Cases[(int)Kind].Type;
        return type switch
        {
            null => ComponentValue.OfCase((int)Kind),
            OptionType(RecordType) => ComponentValue.OfCase((int)Kind, ComponentValue.Some(ComponentValue.Values(text, number))),
            OptionType(var some) => ComponentValue.OfCase((int)Kind, some == WitType.String ? text : number),
            _ when type == TlsPayload => ComponentValue.OfCase((int)Kind, ComponentValue.Values(number, text)),
            _ => ComponentValue.OfCase((int)Kind, ComponentValue.Values(text, number)),
        };
    }

    internal static HttpErrorCode FromValue(ComponentValue value)
    {
        var kind = (HttpErrorKind)value.Case;
        var type = Cases[value.Case].Type;
        var payload = value.Payload;
        return type switch
        {
            null => new(kind),
            OptionType(RecordType) => payload.IsSome ? OfRecord(kind, payload.Payload.AsValues, textFirst: true) : new(kind),
            OptionType(var some) => some == WitType.String ? new(kind, TextOf(payload)) : new(kind, null, NumberOf(payload)),
            _ => OfRecord(kind, payload.AsValues, textFirst: type != TlsPayload),
        };
    }

    private static HttpErrorCode OfRecord(HttpErrorKind kind, ReadOnlySpan<ComponentValue> fields, bool textFirst) =>
        textFirst ? new(kind, TextOf(fields[0]), NumberOf(fields[1])) : new(kind, TextOf(fields[1]), NumberOf(fields[0]));

    private static string? TextOf(ComponentValue option) => option.IsSome ? option.Payload.AsString : null;

    private static ulong? NumberOf(ComponentValue option) => option.IsSome ? option.Payload.AsU64 : null;
}
