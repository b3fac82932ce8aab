using Mik.Wasi.Http.Outgoing;

namespace Mik.Wasi.Tests.Http.Outgoing;

public sealed class OutgoingPolicyTests
{
    [Theory]
    [InlineData("*", "anything.example", HostReach.Public)]
    [InlineData("*", "127.0.0.1", HostReach.Public)]
    [InlineData("*.example.com", "example.com", HostReach.Public)]
    [InlineData("*.example.com", "a.b.EXAMPLE.com", HostReach.Public)]
    [InlineData("*.example.com", "notexample.com", HostReach.Denied)]
    [InlineData("*.example.com", "example.com.evil.io", HostReach.Denied)]
    [InlineData("*.example.com", "example.com.", HostReach.Denied)]
    [InlineData("api.example.com", "API.example.com", HostReach.Anywhere)]
    [InlineData("api.example.com", "x.api.example.com", HostReach.Denied)]
    [InlineData("api.example.com:80", "api.example.com", HostReach.Denied)]
    [InlineData("127.0.0.1", "127.0.0.1", HostReach.Anywhere)]
    [InlineData("::1", "[::1]", HostReach.Anywhere)]
    [InlineData("[::1]", "::1", HostReach.Anywhere)]
    [InlineData("localhost", "localhost", HostReach.Anywhere)]
    public void Patterns(string pattern, string host, HostReach expected) =>
        Assert.Equal(expected, new OutgoingPolicy([pattern]).Judge(host));

    [Fact]
    public void No_pattern_allows_nothing()
    {
        var policy = new OutgoingPolicy([]);

        Assert.True(policy.IsEmpty);
        Assert.Equal(HostReach.Denied, policy.Judge("example.com"));
    }
}
