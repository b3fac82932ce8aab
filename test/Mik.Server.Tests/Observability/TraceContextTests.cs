using Mik.Server.Observability;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class TraceContextTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe", false)]
    public void A_valid_parent_is_continued_with_a_span_of_our_own(string parent, bool sampled)
    {
        var trace = TraceContext.From(parent);

        Assert.True(trace.Continues);
        Assert.Equal(TraceId, trace.TraceId);
        Assert.Equal(sampled, trace.Sampled);
        Assert.NotEqual(SpanId, trace.SpanId);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", trace.TraceParent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319z-b7ad6b7169203331-01")]
    [InlineData("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01")]
    public void Anything_else_begins_a_new_trace(string? parent)
    {
        var trace = TraceContext.From(parent);

        Assert.False(trace.Continues);
        Assert.NotEqual(TraceId, trace.TraceId);
        Assert.EndsWith("-01", trace.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public void State_travels_with_a_valid_parent_only()
    {
        var trace = TraceContext.From($"00-{TraceId}-{SpanId}-00", "a=1");
        var headers = new List<HttpField>();
        trace.Child().AddTo(headers);

        Assert.Equal("a=1", trace.State);
        Assert.Equal(["traceparent", "tracestate"], headers.Select(static header => header.Name));
        Assert.Null(TraceContext.From($"00-{TraceId}-{SpanId}-00", "not valid").State);
        Assert.Null(TraceContext.From("invalid", "a=1").State);
    }

    [Fact]
    public void A_parent_survives_being_read_and_written()
    {
        Assert.True(TraceContext.TryParse($"00-{TraceId.ToUpperInvariant()}-{SpanId.ToUpperInvariant()}-01", "a=1", out var parent));

        Assert.Equal((TraceId, SpanId, "a=1", true), (parent.TraceId.ToHexString(), parent.SpanId.ToHexString(), parent.TraceState, parent.IsRemote));
        var below = TraceContext.Below(parent);
        Assert.Equal((below.TraceId, below.SpanId), (below.ToParent(isRemote: false).TraceId.ToHexString(), below.ToParent(isRemote: false).SpanId.ToHexString()));
    }

    [Fact]
    public void A_child_stays_in_the_trace()
    {
        var trace = TraceContext.From(null);

        var child = trace.Child();

        Assert.Equal(trace.TraceId, child.TraceId);
        Assert.NotEqual(trace.SpanId, child.SpanId);
    }
}
