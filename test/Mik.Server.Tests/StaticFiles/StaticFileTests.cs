using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class StaticFileTests
{
    [Fact]
    public void An_edit_within_one_second_that_keeps_the_length_has_another_tag()
    {
        var path = Path.GetTempFileName();
        var second = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        File.WriteAllText(path, "one");
        File.SetLastWriteTimeUtc(path, second);
        using var before = StaticFile.Open(path);
        File.WriteAllText(path, "two");
        File.SetLastWriteTimeUtc(path, second.AddMilliseconds(1));
        using var after = StaticFile.Open(path);
        File.Delete(path);

        Assert.Equal(before.LastModified, after.LastModified);
        Assert.NotEqual(before.Tag, after.Tag);
    }
}
