using System.Diagnostics;
using Mik.Wasi.Http;

namespace Mik.Server.Observability;

/// <summary>This server's place in a distributed trace: a span of its own below the caller's.</summary>
/// <param name="TraceId">32 lower-case hex digits, not all zero.</param>
/// <param name="SpanId">This request's span: 16 lower-case hex digits, not all zero.</param>
/// <param name="Sampled">The only flag that version 00 defines and passes on.</param>
/// <param name="Continues">Whether the caller began the trace; its <c>tracestate</c> then stays meaningful.</param>
internal readonly record struct TraceContext(string TraceId, string SpanId, bool Sampled, bool Continues)
{
    private const int Length = 55;
    private const int TraceIdStart = 3;
    private const int TraceIdLength = 32;
    private const int SpanIdStart = 36;
    private const int SpanIdLength = 16;
    private const int FlagsStart = 53;

    /// <summary>The <c>traceparent</c> value that names this span.</summary>
    public string TraceParent => $"00-{TraceId}-{SpanId}-{(Sampled ? "01" : "00")}";

    /// <summary>The <c>tracestate</c> that came with the trace; <see langword="null"/> when there is none.</summary>
    public string? State { get; init; }

    /// <summary>Continues the trace of an incoming <c>traceparent</c>, or begins one when there is none or it is not valid.</summary>
    public static TraceContext From(string? traceParent, string? traceState = null) =>
        TryParse(traceParent, traceState, out var parent) ? Below(parent) : Below(default);

    /// <summary>A span that nobody records, below another one; at the top of a new trace below the default.</summary>
    public static TraceContext Below(ActivityContext parent)
    {
        var spanId = ActivitySpanId.CreateRandom().ToHexString();
        return parent == default
            ? new TraceContext(ActivityTraceId.CreateRandom().ToHexString(), spanId, Sampled: true, Continues: false)
            : new TraceContext(parent.TraceId.ToHexString(), spanId, (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0, Continues: true)
            {
                State = parent.TraceState,
            };
    }

    /// <summary>The place of a span that is recorded.</summary>
    /// <param name="span">The span.</param>
    /// <param name="parent">The place above it.</param>
    public static TraceContext Of(Activity span, TraceContext parent) => Of(span, parent.Continues);

    /// <summary>The place of a span that is recorded.</summary>
    /// <param name="span">The span.</param>
    /// <param name="continues">Whether the caller began the trace.</param>
    public static TraceContext Of(Activity span, bool continues) =>
        new(span.TraceId.ToHexString(), span.SpanId.ToHexString(), span.Recorded, continues) { State = span.TraceStateString };

    /// <summary>Reads what a caller says of its span.</summary>
    /// <param name="traceParent">Its <c>traceparent</c>.</param>
    /// <param name="traceState">Its <c>tracestate</c>, which does not count without the former.</param>
    /// <param name="parent">The span; the default when there is none or it is not valid.</param>
    // NOTE: upper-case digits are not valid in the recommendation, yet they occur and were always accepted here.
    public static bool TryParse(string? traceParent, string? traceState, out ActivityContext parent)
    {
        parent = default;
        if (traceParent is not { Length: Length }
            || !traceParent.StartsWith("00-", StringComparison.Ordinal)
            || traceParent[SpanIdStart - 1] != '-'
            || traceParent[FlagsStart - 1] != '-')
        {
            return false;
        }

        var trace = traceParent.AsSpan(TraceIdStart, TraceIdLength);
        var span = traceParent.AsSpan(SpanIdStart, SpanIdLength);
        var flags = traceParent.AsSpan(FlagsStart);
        if (!IsHex(trace) || !IsHex(span) || !IsHex(flags) || !trace.ContainsAnyExcept('0') || !span.ContainsAnyExcept('0'))
        {
            return false;
        }

        Span<char> lower = stackalloc char[TraceIdLength];
        trace.ToLowerInvariant(lower);
        var traceId = ActivityTraceId.CreateFromString(lower);
        span.ToLowerInvariant(lower);
        var spanId = ActivitySpanId.CreateFromString(lower[..SpanIdLength]);
        var isSampled = (Convert.FromHexString(flags)[0] & 1) != 0;
        parent = new ActivityContext(
            traceId, spanId, isSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, TraceState.Validate(traceState), isRemote: true);
        return true;
    }

    /// <summary>A span below this one that nobody records, for a call to a handler.</summary>
    public TraceContext Child() => this with { SpanId = ActivitySpanId.CreateRandom().ToHexString() };

    /// <summary>This span as the parent of another.</summary>
    public ActivityContext ToParent(bool isRemote) => new(
        ActivityTraceId.CreateFromString(TraceId),
        ActivitySpanId.CreateFromString(SpanId),
        Sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
        State,
        isRemote);

    /// <summary>Adds the headers that tell the next one of this span.</summary>
    public void AddTo(List<HttpField> headers)
    {
        headers.Add(new HttpField("traceparent", TraceParent));
        if (State is { } state)
        {
            headers.Add(new HttpField("tracestate", state));
        }
    }

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }
        }

        return true;
    }
}
