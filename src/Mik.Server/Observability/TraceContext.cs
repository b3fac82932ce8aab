using System.Diagnostics;

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

    /// <summary>Continues the trace of an incoming <c>traceparent</c>, or begins one when there is none or it is not valid.</summary>
    public static TraceContext From(string? traceParent)
    {
        var spanId = ActivitySpanId.CreateRandom().ToHexString();
        return TryParse(traceParent, out var traceId, out var sampled)
            ? new TraceContext(traceId, spanId, sampled, Continues: true)
            : new TraceContext(ActivityTraceId.CreateRandom().ToHexString(), spanId, Sampled: true, Continues: false);
    }

    /// <summary>A span below this one, for a call to a handler.</summary>
    public TraceContext Child() => this with { SpanId = ActivitySpanId.CreateRandom().ToHexString() };

    // NOTE: upper-case digits are not valid in the recommendation, yet they occur and were always accepted here.
    private static bool TryParse(string? value, out string traceId, out bool sampled)
    {
        traceId = "";
        sampled = false;
        if (value is not { Length: Length }
            || !value.StartsWith("00-", StringComparison.Ordinal)
            || value[SpanIdStart - 1] != '-'
            || value[FlagsStart - 1] != '-')
        {
            return false;
        }

        var trace = value.AsSpan(TraceIdStart, TraceIdLength);
        var span = value.AsSpan(SpanIdStart, SpanIdLength);
        var flags = value.AsSpan(FlagsStart);
        if (!IsHex(trace) || !IsHex(span) || !IsHex(flags) || !trace.ContainsAnyExcept('0') || !span.ContainsAnyExcept('0'))
        {
            return false;
        }

        traceId = value.Substring(TraceIdStart, TraceIdLength).ToLowerInvariant();
        sampled = (Convert.FromHexString(flags)[0] & 1) != 0;
        return true;
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
