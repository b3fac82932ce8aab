namespace Mik.Server.Metrics;

/// <summary>The values of a series' labels, in the order of their definition; unused ones are null.</summary>
internal readonly record struct SeriesKey(string? First, string? Second = null, string? Third = null, string? Fourth = null)
{
    /// <summary>The most labels a metric can have.</summary>
    public const int MaxLabels = 4;

    /// <summary>The value of one label.</summary>
    public string this[int index] => index switch
    {
        0 => First,
        1 => Second,
        2 => Third,
        _ => Fourth,
    } ?? "";

    /// <summary>The key of a series with that value for each of its labels.</summary>
    public static SeriesKey Of(int labels, string value) => new(
        labels > 0 ? value : null, labels > 1 ? value : null, labels > 2 ? value : null, labels > 3 ? value : null);
}
