using Mik.Server.Configuration;
using Xunit;

namespace Mik.Cli.Tests;

public sealed class ProjectWatchTests : IDisposable
{
    private readonly DirectoryInfo _project = Directory.CreateTempSubdirectory("mik-watch");

    public void Dispose() => _project.Delete(recursive: true);

    [Fact]
    public void Nothing_changes_by_itself()
    {
        Write("mik.toml", "");
        var watch = Start();

        Assert.Equal([ProjectChange.None, ProjectChange.None], [watch.Look(), watch.Look()]);
    }

    [Theory]
    [InlineData("modules/a.wasm", nameof(ProjectChange.Handlers))]
    [InlineData("modules/new.wasm", nameof(ProjectChange.Handlers))]
    [InlineData("mik.toml", nameof(ProjectChange.Configuration))]
    public void A_change_counts_once_it_has_come_to_rest(string file, string change)
    {
        Write("mik.toml", "");
        Write("modules/a.wasm", "1");
        var watch = Start();

        Write(file, "part");
        Assert.Equal(ProjectChange.None, watch.Look());
        Write(file, "part and rest");
        Assert.Equal(ProjectChange.None, watch.Look());

        Assert.Equal(change, watch.Look().ToString());
        Assert.Equal(ProjectChange.None, watch.Look());
    }

    [Fact]
    public void A_file_that_goes_is_a_change()
    {
        Write("modules/a.wasm", "1");
        var watch = Start();

        Directory.Delete(Path.Combine(_project.FullName, "modules"), recursive: true);

        Assert.Equal([ProjectChange.None, ProjectChange.Handlers], [watch.Look(), watch.Look()]);
    }

    [Fact]
    public void Other_files_do_not_matter()
    {
        Write("modules/a.wasm", "1");
        var watch = Start();

        Write("modules/notes.txt", "1");
        Write("scripts/a.js", "1");

        Assert.Equal([ProjectChange.None, ProjectChange.None], [watch.Look(), watch.Look()]);
    }

    private ProjectWatch Start() => new(new MikConfig { Directory = _project.FullName });

    private void Write(string file, string text)
    {
        var path = Path.Combine(_project.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
