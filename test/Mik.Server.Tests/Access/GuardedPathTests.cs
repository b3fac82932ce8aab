using Mik.Server.Access;
using Xunit;

namespace Mik.Server.Tests.Access;

public sealed class GuardedPathTests
{
    [Theory]
    [InlineData("/run/admin")]
    [InlineData("/run/admin/")]
    [InlineData("/run/admin/users")]
    [InlineData("/run//admin")]
    [InlineData("/run/%61dmin")]
    [InlineData("/%72un/admin/x")]
    [InlineData("/run%2Fadmin")]
    [InlineData("/run/./admin")]
    [InlineData("/run/api/../admin/users")]
    [InlineData("/run/api/%2e%2e/admin")]
    [InlineData("/run/api%2F..%2Fadmin")]
    [InlineData("/run/api\\..\\admin")]
    [InlineData("/run/admin/../api")]
    [InlineData("/../run/admin")]
    public void A_path_that_could_be_taken_for_the_guarded_one_is(string path) => Assert.True(IsBelow(path));

    [Theory]
    [InlineData("/")]
    [InlineData("/run")]
    [InlineData("/run/administrator")]
    [InlineData("/run/Admin")]
    [InlineData("/run/api/admin")]
    [InlineData("/admin/run")]
    [InlineData("/run/%2561dmin")]
    [InlineData("/run/%ff")]
    public void Another_path_is_not(string path) => Assert.False(IsBelow(path));

    private static bool IsBelow(string path) => GuardedPath.ReadingsOf(path).Any(static reading => GuardedPath.IsBelow(reading, ["run", "admin"]));
}
