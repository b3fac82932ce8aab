using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class RealPathTests : IDisposable
{
    private readonly string _root = RealPath.Of(Directory.CreateTempSubdirectory("mik-real-path").FullName)!;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_path_without_links_is_itself_whether_or_not_it_exists()
    {
        Assert.Equal(In("a", "b"), RealPath.Of(In("a", "b")));
    }

    [Fact]
    public void Links_are_followed_wherever_they_stand_and_however_they_are_written()
    {
        Directory.CreateDirectory(In("releases", "2", "css"));
        Directory.CreateSymbolicLink(In("current"), Path.Combine("releases", "2"));
        Directory.CreateSymbolicLink(In("absolute"), In("current"));
        File.CreateSymbolicLink(In("releases", "2", "up"), Path.Combine("..", "..", "other", "x"));

        Assert.Equal(In("releases", "2", "css", "x.css"), RealPath.Of(In("current", "css", "x.css")));
        Assert.Equal(In("releases", "2", "css"), RealPath.Of(In("absolute", "css")));
        Assert.Equal(In("other", "x"), RealPath.Of(In("current", "up")));
    }

    [Fact]
    public void Links_that_go_in_circles_lead_nowhere()
    {
        File.CreateSymbolicLink(In("a"), "b");
        File.CreateSymbolicLink(In("b"), "a");

        Assert.Null(RealPath.Of(In("a")));
    }

    private string In(params string[] names) => Path.Combine([_root, .. names]);
}
