using Mik.Server.Metrics;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class ProcessMetricsTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", double.PositiveInfinity)]
    [InlineData("Max cpu time              unlimited            unlimited            seconds   ", double.PositiveInfinity)]
    public void The_limit_of_files_is_the_one_in_force(string line, double limit) => Assert.Equal(limit, ProcessMetrics.MaxFilesOf(["Limit", line]));
}
