using System.Text;
using Mik.Server.Metrics;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class MetricCollectorTests
{
    [Fact]
    public void Servers_of_one_process_do_not_hear_each_other()
    {
        using var ours = new ServerMetrics();
        using var collector = new MetricCollector(ours, MetricCatalog.All);
        using var theirs = new ServerMetrics();

        ours.CircuitOpened("a");
        theirs.CircuitOpened("b");

        var samples = Read(collector);
        Assert.Equal(1, samples["""mik_circuit_breaker_opened_total{handler="a"}"""]);
        Assert.DoesNotContain("""mik_circuit_breaker_opened_total{handler="b"}""", samples.Values.Keys);
    }

    [Fact]
    public void The_process_and_the_runtime_are_told_of()
    {
        using var metrics = new ServerMetrics();
        using var collector = new MetricCollector(metrics, MetricCatalog.All);

        var samples = Read(collector);

        Assert.True(samples["process_cpu_seconds_total"] > 0);
        Assert.True(samples["process_resident_memory_bytes"] > 1_000_000);
        Assert.InRange(samples["process_start_time_seconds"], 1.7e9, 1e11);
        Assert.True(samples["dotnet_gc_heap_total_allocated_bytes_total"] > 0);
        Assert.True(samples["dotnet_jit_compiled_methods_total"] > 0);
        Assert.Contains("""dotnet_gc_collections_total{gc_heap_generation="gen0"}""", samples.Values.Keys);
    }

    private static PrometheusSamples Read(MetricCollector collector) => PrometheusSamples.Parse(Encoding.UTF8.GetString(collector.Expose()));
}
