using System.Collections.Concurrent;
using System.Diagnostics;
using Mik.Server.Tracing;
using Xunit;

namespace Mik.Server.Tests.Fakes;

/// <summary>The spans of one trace. Other tests of the process, whose traces these are not, do not notice.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();

    public RecordedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == TraceId)
                {
                    _ended.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId TraceId { get; } = ActivityTraceId.CreateRandom();

    public ActivitySpanId Caller { get; } = ActivitySpanId.CreateRandom();

    /// <summary>What a client of this trace sends.</summary>
    public string TraceParent => $"00-{TraceId}-{Caller}-01";

    /// <summary>Waits until that many spans have ended; by name, the parents first.</summary>
    public async Task<IReadOnlyList<Activity>> WaitForAsync(int count)
    {
        for (var attempt = 0; _ended.Count < count && attempt < 6_000; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }

        Assert.Equal(count, _ended.Count);
        return [.. _ended.OrderBy(static span => span.StartTimeUtc)];
    }

    public void Dispose() => _listener.Dispose();
}
