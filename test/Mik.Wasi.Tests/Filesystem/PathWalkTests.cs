using static Mik.Wasi.Tests.Filesystem.MountedDirectory;

namespace Mik.Wasi.Tests.Filesystem;

/// <summary>Where paths lead, and where they don't.</summary>
public sealed class PathWalkTests
{
    [Theory]
    [InlineData("file", "ok")]
    [InlineData("./file", "ok")]
    [InlineData("a/./b/../b/deep", "ok")]
    [InlineData("a//b///deep", "ok")]
    [InlineData("a/b/../../file", "ok")]
    [InlineData("a", "ok")]
    [InlineData("a/", "ok")]
    [InlineData("a/.", "ok")]
    [InlineData("a/b/..", "ok")]
    [InlineData(".", "ok")]
    [InlineData("", "no-entry")]
    [InlineData("absent", "no-entry")]
    [InlineData("absent/x", "no-entry")]
    [InlineData("file/x", "not-directory")]
    [InlineData("file/", "not-directory")]
    [InlineData("file/..", "not-directory")]
    [InlineData("/file", "not-permitted")]
    [InlineData("..", "not-permitted")]
    [InlineData("../inside/file", "not-permitted")]
    [InlineData("a/../../outside/secret", "not-permitted")]
    [InlineData("a/b/../../..", "not-permitted")]
    [InlineData("with\0zero", "invalid")]
    [InlineData("to-file", "ok")]
    [InlineData("to-a/b/deep", "ok")]
    [InlineData("a/up-and-down", "ok")]
    [InlineData("to-a-slash", "ok")]
    [InlineData("to-file/", "not-directory")]
    [InlineData("dangling", "no-entry")]
    [InlineData("loop", "loop")]
    [InlineData("loop/x", "loop")]
    [InlineData("escape-absolute", "not-permitted")]
    [InlineData("escape-relative", "not-permitted")]
    [InlineData("escape-directory/secret", "not-permitted")]
    [InlineData("a/escape-nested", "not-permitted")]
    [InlineData("chain", "not-permitted")]
    public void Paths_stay_below_the_mount(string path, string outcome)
    {
        using var mounted = Prepared();

        Assert.Equal(outcome, Outcome(mounted.Open(path)));
        Assert.Equal(outcome, Outcome(mounted.Call("stat-at", mounted.Root, Flags(0), Guest.Text(path))));
    }

    [Theory]
    [InlineData("to-file", "loop", "ok")]
    [InlineData("escape-absolute", "loop", "ok")]
    [InlineData("dangling", "loop", "ok")]
    [InlineData("to-a", "loop", "ok")]
    [InlineData("to-a/", "ok", "ok")]
    [InlineData("escape-directory/", "not-permitted", "not-permitted")]
    public void A_last_link_is_only_followed_when_asked(string path, string opened, string looked)
    {
        using var mounted = Prepared();

        Assert.Equal(opened, Outcome(mounted.Open(path, follow: false)));
        Assert.Equal(looked, Outcome(mounted.Call("stat-at", mounted.Root, Flags(), Guest.Text(path))));
    }

    [Fact]
    public void Nothing_is_created_through_a_link_that_leads_out()
    {
        using var mounted = Prepared();
        mounted.Link("new-outside", "../outside/new");
        mounted.Link("new-inside", "a/new");

        Assert.Equal("not-permitted", Outcome(mounted.Open("new-outside", write: true)));
        Assert.Equal("not-permitted", Outcome(mounted.Open("escape-directory/new", write: true)));
        Assert.Equal("not-permitted", Outcome(mounted.Call("create-directory-at", mounted.Root, Guest.Text("escape-directory/new"))));
        Assert.Equal("ok", Outcome(mounted.Open("new-inside", write: true)));

        Assert.Equal(["secret"], Directory.GetFileSystemEntries(mounted.Outside).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(mounted.Inside, "a", "new")));
    }

    [Fact]
    public void A_directory_that_is_opened_is_a_mount_of_its_own()
    {
        using var mounted = Prepared();
        var a = Guest.Ok(mounted.Open("a"));

        Assert.Equal("ok", Outcome(mounted.Open("b/deep", directory: a)));
        Assert.Equal("not-permitted", Outcome(mounted.Open("../file", directory: a)));
    }

    [Fact]
    public void Paths_are_bounded()
    {
        using var mounted = Prepared();
        var deep = string.Concat(Enumerable.Repeat("d/", 200));
        Directory.CreateDirectory(Path.Combine(mounted.Inside, deep));

        Assert.Equal("name-too-long", Outcome(mounted.Open(new string('x', 5000))));
        Assert.Equal("name-too-long", Outcome(mounted.Open(new string('x', 300))));
        Assert.Equal("name-too-long", Outcome(mounted.Open(deep + "x")));
    }

    [Fact]
    public async Task Whoever_exchanges_a_directory_for_a_link_meanwhile_opens_nothing()
    {
        using var mounted = Prepared();
        var swapped = Path.Combine(mounted.Inside, "swapped");
        Directory.CreateDirectory(swapped);
        File.WriteAllText(Path.Combine(swapped, "secret"), "fair");
        using var over = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                Directory.Move(swapped, swapped + "-aside");
                File.CreateSymbolicLink(swapped, "../outside");
                File.Delete(swapped);
                Directory.Move(swapped + "-aside", swapped);
            }
        }, TestContext.Current.CancellationToken);

        var outcomes = new HashSet<string>();
        for (var i = 0; i < 5000; i++)
        {
            var opened = mounted.Open("swapped/secret");
            outcomes.Add(Outcome(opened));
            if (opened.Case == 0)
            {
                Assert.Equal("fair", mounted.ReadAll(opened.Payload));
                Guest.Drop(opened.Payload);
            }
        }

        await over.CancelAsync();
        await swapping;
        Assert.Subset(new HashSet<string> { "ok", "no-entry", "not-permitted", "not-directory", "loop" }, outcomes);
    }

    private static MountedDirectory Prepared()
    {
        var mounted = new MountedDirectory();
        mounted.Write("file", "text");
        mounted.Write("a/b/deep", "deep");
        mounted.Link("to-file", "file");
        mounted.Link("to-a", "a");
        mounted.Link("to-a-slash", "a/");
        mounted.Link("a/up-and-down", "../to-a/b/deep");
        mounted.Link("dangling", "nowhere");
        mounted.Link("loop", "loop");
        mounted.Link("escape-absolute", Path.Combine(mounted.Outside, "secret"));
        mounted.Link("escape-relative", "../outside/secret");
        mounted.Link("escape-directory", "../outside");
        mounted.Link("a/escape-nested", "../../outside/secret");
        mounted.Link("chain", "a/b/../../escape-relative");
        return mounted;
    }
}
