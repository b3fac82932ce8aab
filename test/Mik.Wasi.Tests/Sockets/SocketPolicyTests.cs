using System.Net;
using Mik.Wasi.Sockets;

namespace Mik.Wasi.Tests.Sockets;

public sealed class SocketPolicyTests
{
    private static readonly HashSet<(string, IPAddress)> LookedUp = [("DB.INTERNAL", IPAddress.Parse("10.0.0.7"))];

    [Theory]
    [InlineData("10.1.2.3:53", "10.1.2.3:53", true)]
    [InlineData("10.1.2.3:53", "10.1.2.3:54", false)]
    [InlineData("10.1.2.3:53", "10.1.2.4:53", false)]
    [InlineData("10.1.2.3:*", "10.1.2.3:54", true)]
    [InlineData("[fd00::1]:53", "[fd00::1]:53", true)]
    [InlineData("[fd00::1]:53", "[fd00::2]:53", false)]
    [InlineData("db.internal:5432", "10.0.0.7:5432", true)]
    [InlineData("DB.internal:*", "10.0.0.7:1", true)]
    [InlineData("db.internal:5432", "10.0.0.7:5433", false)]
    [InlineData("db.internal:5432", "10.0.0.8:5432", false)]
    [InlineData("other.internal:5432", "10.0.0.7:5432", false)]
    public void Patterns(string pattern, string endpoint, bool allowed) =>
        Assert.Equal(allowed, new SocketPolicy([pattern]).Allows(IPEndPoint.Parse(endpoint), LookedUp));

    [Fact]
    public void Nothing_is_allowed_by_default()
    {
        Assert.True(SocketPolicy.None.IsEmpty);
        Assert.False(SocketPolicy.None.Allows(IPEndPoint.Parse("10.0.0.7:1"), LookedUp));
        Assert.False(SocketPolicy.None.AllowsName("localhost"));
    }

    [Theory]
    [InlineData("host")]
    [InlineData(":1")]
    [InlineData("host:")]
    [InlineData("host:70000")]
    public void What_is_no_pattern_is_refused(string pattern) => Assert.ThrowsAny<Exception>(() => new SocketPolicy([pattern]));
}
