using Mik.Server.Faults;
using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class StaticDirectoryTests : IDisposable
{
    private readonly string _project = Directory.CreateTempSubdirectory("mik-static").FullName;
    private readonly string _root;
    private readonly StaticDirectory _directory;

    public StaticDirectoryTests()
    {
        _root = Path.Combine(_project, "static");
        Directory.CreateDirectory(_root);
        _directory = new StaticDirectory(_root);
        Write("outside.txt", "secret");
    }

    public void Dispose() => Directory.Delete(_project, recursive: true);

    [Fact]
    public void A_file_is_found_and_goes_on_being_what_it_was_when_it_is_replaced()
    {
        Write("static/a.txt", "old");
        using var file = Find("a.txt").File!;

        Write("static/new", "newer");
        File.Move(Path.Combine(_root, "new"), Path.Combine(_root, "a.txt"), overwrite: true);

        Assert.Equal("old", Read(file));
        using var later = Find("a.txt").File!;
        Assert.Equal("newer", Read(later));
        Assert.NotEqual(file.Tag, later.Tag);
    }

    [Fact]
    public void A_directory_is_its_index_and_wants_its_slash()
    {
        Write("static/docs/index.html", "docs");
        Directory.CreateDirectory(Path.Combine(_root, "bare"));

        using var file = Find("docs/").File!;
        Assert.Equal("docs", Read(file));
        Assert.True(Find("docs").IsDirectory);
        Assert.Equal(FaultKind.FileUnknown, Find("bare").Fault!.Kind);
        Assert.Equal(FaultKind.FileUnknown, Find("bare/").Fault!.Kind);
        Assert.Equal(FaultKind.FileUnknown, Find("docs/index.html/").Fault!.Kind);
    }

    [Theory]
    [InlineData(".env")]
    [InlineData(".git/config")]
    [InlineData("a/.htpasswd")]
    [InlineData("..x")]
    public void Hidden_files_are_not_there(string path)
    {
        Write(Path.Combine("static", path), "secret");

        Assert.Equal(FaultKind.FileUnknown, Find(path).Fault!.Kind);
    }

    [Fact]
    public void Well_known_files_are()
    {
        Write("static/.well-known/security.txt", "Contact: …");

        using var file = Find(".well-known/security.txt").File;
        Assert.NotNull(file);
    }

    [Fact]
    public void A_link_may_lead_elsewhere_inside_but_not_out()
    {
        Write("static/real/a.txt", "a");
        Directory.CreateSymbolicLink(Path.Combine(_root, "alias"), "real");
        File.CreateSymbolicLink(Path.Combine(_root, "leak.txt"), Path.Combine(_project, "outside.txt"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_root, "twice"), "up");
        File.CreateSymbolicLink(Path.Combine(_root, "circle"), "circle");

        using var inside = Find("alias/a.txt").File;
        Assert.NotNull(inside);
        Assert.All(
            ["leak.txt", "up/outside.txt", "twice/outside.txt", "up/", "circle"],
            path => Assert.Equal(FaultKind.FileUnknown, Find(path).Fault!.Kind));
    }

    [Fact]
    public void A_directory_beside_whose_name_begins_alike_is_outside()
    {
        Write("static-private/a.txt", "secret");
        File.CreateSymbolicLink(Path.Combine(_root, "a.txt"), Path.Combine(_project, "static-private", "a.txt"));

        Assert.Equal(FaultKind.FileUnknown, Find("a.txt").Fault!.Kind);
    }

    [Fact]
    public void The_root_may_be_a_link_that_is_turned()
    {
        Write("one/a.txt", "one");
        Write("two/a.txt", "two");
        var current = Path.Combine(_project, "current");
        Directory.CreateSymbolicLink(current, "one");
        var directory = new StaticDirectory(current);
        using (var first = Find(directory, "a.txt").File!)
        {
            Assert.Equal("one", Read(first));
        }

        Directory.Delete(current);
        Directory.CreateSymbolicLink(current, "two");

        using var second = Find(directory, "a.txt").File!;
        Assert.Equal("two", Read(second));
    }

    [Fact]
    public void A_file_compressed_beforehand_is_sent_to_those_who_take_it_unless_it_is_outdated()
    {
        Write("static/app.js", "plain");
        Write("static/app.js.gz", "gzipped");
        Write("static/app.js.br", "outdated");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "app.js.br"), File.GetLastWriteTimeUtc(Path.Combine(_root, "app.js")).AddMinutes(-1));

        var compressed = Find("app.js", "br, gzip");
        using (compressed.File)
        {
            Assert.Equal("gzipped", Read(compressed.File!));
            Assert.Equal("gzip", compressed.File!.Encoding);
            Assert.EndsWith("app.js", compressed.Path, StringComparison.Ordinal);
        }

        var plain = Find("app.js");
        using (plain.File)
        {
            Assert.Equal("plain", Read(plain.File!));
            Assert.True(plain.HasVariants);
        }
    }

    [Fact]
    public void A_directory_that_is_not_there_has_no_files()
    {
        Assert.Equal(FaultKind.FileUnknown, Find(new StaticDirectory(Path.Combine(_project, "nowhere")), "a.txt").Fault!.Kind);
    }

    private static string Read(StaticFile file)
    {
        var bytes = new byte[file.Length];
        RandomAccess.Read(file.Handle, bytes, 0);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private static StaticLookup Find(StaticDirectory directory, string path, string? acceptEncoding = null)
    {
        Assert.True(StaticPath.TryParse(path, out var parsed, out _));
        return directory.Find(parsed, acceptEncoding);
    }

    private StaticLookup Find(string path, string? acceptEncoding = null) => Find(_directory, path, acceptEncoding);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
