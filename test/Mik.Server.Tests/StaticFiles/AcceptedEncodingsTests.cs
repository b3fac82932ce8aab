using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class AcceptedEncodingsTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("identity", "")]
    [InlineData("deflate, zstd", "")]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("gzip, br", "br,gzip")]
    [InlineData("gzip;q=1, br;q=0.5", "gzip,br")]
    [InlineData("gzip;q=0, br", "br")]
    [InlineData("gzip;q=0", "")]
    [InlineData("*", "br,gzip")]
    [InlineData("*;q=0", "")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity, gzip;q=0.5", "")]
    [InlineData("identity;q=0.1, gzip;q=0.5", "gzip")]
    [InlineData("gzip;q=nonsense", "")]
    public void The_client_s_preferences_count_and_ours_among_equals(string? header, string expected)
    {
        Assert.Equal(expected, string.Join(',', AcceptedEncodings.In(header).Select(static encoding => encoding.Name)));
    }
}
