namespace Mik.Benchmarks.Measurement;

/// <summary>The one average that a busy machine cannot pull away.</summary>
internal static class Medians
{
    /// <summary>The median of at least one value.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
