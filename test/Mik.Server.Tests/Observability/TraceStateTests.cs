using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class TraceStateTests
{
    [Theory]
    [InlineData("rojo=00f067aa0ba902b7")]
    [InlineData("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")]
    [InlineData("a=1, b=2 ,,c=3")]
    [InlineData("0tenant@vendor-1_*/=x y!~")]
    public void A_valid_one_is_passed_on_as_it_came(string value) => Assert.Equal(value, TraceState.Validate(value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("a")]
    [InlineData("=1")]
    [InlineData("a=")]
    [InlineData("A=1")]
    [InlineData("_a=1")]
    [InlineData("a b=1")]
    [InlineData("a=b=c")]
    [InlineData("a=\u0001")]
    [InlineData("a=é")]
    [InlineData("a=1,bad")]
    public void Anything_else_is_dropped_as_a_whole(string? value) => Assert.Null(TraceState.Validate(value));

    [Fact]
    public void Too_much_is_dropped()
    {
        Assert.NotNull(TraceState.Validate(string.Join(',', Enumerable.Range(0, 32).Select(static i => $"k{i}=1"))));
        Assert.Null(TraceState.Validate(string.Join(',', Enumerable.Range(0, 33).Select(static i => $"k{i}=1"))));
        Assert.Null(TraceState.Validate($"a={new string('1', 257)}"));
        Assert.Null(TraceState.Validate(string.Join(',', Enumerable.Range(0, 3).Select(static i => $"k{i}={new string('1', 200)}"))));
    }
}
