using Mik.Wasi.Http;

namespace Mik.Server.Faults;

/// <summary>One failed request, described once and rendered by whoever needs it: the client, the log, the breaker.</summary>
/// <param name="Kind">The row of <see cref="FaultCatalog"/>.</param>
/// <param name="Detail">Written for the caller: never a secret, a request body or another tenant's name.</param>
internal sealed record Fault(FaultKind Kind, string Detail)
{
    /// <summary>When asking again may help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Headers that HTTP asks of an answer with this status.</summary>
    public IReadOnlyList<HttpField> Headers { get; init; } = [];

    /// <summary>What the operator needs to know: error text, stack, position. Reaches clients only under development.</summary>
    public string? Diagnosis { get; init; }

    /// <summary>The host's own exception, when there is one.</summary>
    public Exception? Cause { get; init; }

    /// <summary>How this fault is rendered.</summary>
    public FaultRule Rule => FaultCatalog.RuleOf(Kind);
}
