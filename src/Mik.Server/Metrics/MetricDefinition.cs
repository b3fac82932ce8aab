namespace Mik.Server.Metrics;

/// <summary>What there is to know about one metric: the row that its instrument, its text and its documentation come from.</summary>
/// <param name="Name">Its name in the exposition.</param>
/// <param name="Instrument">The name of the instrument that measures it.</param>
/// <param name="Kind">How its values are to be read.</param>
/// <param name="Unit">The instrument's unit, in UCUM: <c>s</c>, <c>By</c>, or a word in braces for things that are counted.</param>
/// <param name="Labels">Its labels, which are the instrument's tags in this order.</param>
/// <param name="Help">One sentence for operators.</param>
internal sealed record MetricDefinition(
    string Name, string Instrument, MetricKind Kind, string Unit, string[] Labels, string Help)
{
    /// <summary>The meter that the instrument belongs to.</summary>
    public string Meter { get; init; } = ServerMetrics.MeterName;

    /// <summary>Upper bounds of a histogram's buckets, ascending; the one without a bound goes without saying.</summary>
    public double[] Buckets { get; init; } = [];
}
