namespace Mik.Benchmarks.Measurement;

/// <summary>What one request cost, averaged over a slice of time.</summary>
/// <param name="WallMicroseconds">How long its caller waited.</param>
/// <param name="CpuMicroseconds">Processor time of the whole process, its garbage collector's and its compiler's included.</param>
/// <param name="KernelMicroseconds">What of it was spent in the kernel: waking threads, giving out and taking back pages.</param>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap.</param>
internal readonly record struct RequestCost(double WallMicroseconds, double CpuMicroseconds, double KernelMicroseconds, double AllocatedBytes)
{
    /// <summary>The median of each figure for itself.</summary>
    public static RequestCost Median(IReadOnlyCollection<RequestCost> costs) => new(
        Medians.Of(costs.Select(static cost => cost.WallMicroseconds)),
        Medians.Of(costs.Select(static cost => cost.CpuMicroseconds)),
        Medians.Of(costs.Select(static cost => cost.KernelMicroseconds)),
        Medians.Of(costs.Select(static cost => cost.AllocatedBytes)));
}
