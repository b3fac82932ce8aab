using Microsoft.Extensions.Time.Testing;
using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Catalog;

public sealed class ScriptCatalogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-script-catalog");
    private readonly RecordingLoggerFactory _log = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<string> _loads = [];
    private readonly List<FakeScript> _programs = [];
    private readonly ScriptCatalog _catalog;

    public ScriptCatalogTests() => _catalog = new ScriptCatalog(_directory.FullName, Load, _time, _log);

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _log.Dispose();
    }

    [Fact]
    public void Top_level_scripts_are_endpoints_libraries_and_tests_are_not()
    {
        Write("b.mts");
        Write("a.ts");
        Write("c.v2.js");
        Write("d.mjs");
        Write("a.test.ts");
        Write("a.spec.js");
        Write("types.d.ts");
        Write("types.d.mts");
        Write("data.json");
        Write("README.md");
        Write("lib/money.ts");

        Assert.Equal(["a", "b", "c.v2", "d"], _catalog.All().Select(script => script.Name));
        Assert.Null(_catalog.Find("a.test"));
        Assert.Null(_catalog.Find("types.d"));
        Assert.Null(_catalog.Find("money"));
    }

    [Fact]
    public void An_unchanged_script_is_loaded_once()
    {
        Write("a.ts");

        Assert.Same(_catalog.Find("a"), _catalog.Find("a"));

        Assert.Single(_loads);
    }

    [Fact]
    public void An_edit_takes_effect_on_the_next_request()
    {
        Write("a.ts", "1");
        var before = _catalog.Find("a");

        Write("a.ts", "22");
        var after = _catalog.Find("a");

        Assert.NotSame(before, after);
        Assert.True(_programs[0].IsDisposed);
        Assert.False(_programs[1].IsDisposed);
        Assert.Contains(_log.Lines, line => line.Contains("loaded again", StringComparison.Ordinal));
    }

    [Fact]
    public void An_edit_of_an_import_takes_effect_and_one_of_another_file_does_nothing()
    {
        Write("a.ts", "import lib/x.ts");
        Write("lib/x.ts", "1");
        Write("lib/y.ts", "1");
        var before = _catalog.Find("a");

        Write("lib/y.ts", "22");
        Assert.Same(before, _catalog.Find("a"));
        Write("lib/x.ts", "22");
        Assert.NotSame(before, _catalog.Find("a"));
    }

    [Fact]
    public void An_edit_during_loading_is_not_missed()
    {
        Write("a.ts", "edit-while-loading");

        var first = _catalog.Find("a");
        var second = _catalog.Find("a");

        Assert.NotSame(first, second);
        Assert.Same(second, _catalog.Find("a"));
    }

    [Fact]
    public void Files_come_and_go()
    {
        Assert.Null(_catalog.Find("a"));
        Write("a.ts");
        Assert.NotNull(_catalog.Find("a"));
        File.Delete(Path.Combine(_directory.FullName, "a.ts"));
        Assert.Null(_catalog.Find("a"));
        Assert.True(_programs[0].IsDisposed);
        Write("a.js");
        Assert.EndsWith("a.js", _catalog.Find("a")?.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_script_is_kept_as_such_until_any_file_changes()
    {
        Write("a.ts", "broken");
        var broken = _catalog.Find("a");

        Assert.Null(broken?.Program);
        Assert.Equal("syntax error", broken?.Failure?.Message);
        Assert.Same(broken, _catalog.Find("a"));
        Assert.Contains(_log.Lines, line => line.Contains("a.ts:3:7 syntax error", StringComparison.Ordinal));

        Write("lib/new.ts");
        Assert.NotSame(broken, _catalog.Find("a"));
        Assert.Single(_log.Lines, line => line.Contains("syntax error", StringComparison.Ordinal));
        Write("a.ts", "repaired");
        Assert.NotNull(_catalog.Find("a")?.Program);
    }

    [Fact]
    public void A_fresh_edit_that_cannot_be_loaded_leaves_the_former_version_in_place_until_it_has_settled()
    {
        Write("a.ts", "1");
        var before = _catalog.Find("a");
        Write("a.ts", "broken");

        var held = _catalog.Find("a");

        Assert.Same(before?.Program, held?.Program);
        Assert.Same(held, _catalog.Find("a"));
        Assert.Contains(_log.Lines, line => line.Contains("former version answers", StringComparison.Ordinal));
        Assert.False(_programs[0].IsDisposed);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("syntax error", _catalog.Find("a")?.Failure?.Message);
        Assert.True(_programs[0].IsDisposed);
        Assert.Contains(_log.Lines, line => line.Contains("answers 500: a.ts:3:7 syntax error", StringComparison.Ordinal));
    }

    [Fact]
    public void A_half_written_file_is_loaded_as_soon_as_it_is_whole()
    {
        Write("a.ts", "1");
        var before = _catalog.Find("a");
        Write("a.ts", "broken");
        Assert.Same(before?.Program, _catalog.Find("a")?.Program);

        Write("a.ts", "repaired");

        var whole = _catalog.Find("a");

        Assert.Same(_programs[1], whole?.Program);
        Assert.True(_programs[0].IsDisposed);
    }

    [Fact]
    public void An_edit_that_has_settled_before_it_is_asked_for_gets_no_reprieve()
    {
        Write("a.ts", "1");
        Assert.NotNull(_catalog.Find("a")?.Program);
        Write("a.ts", "broken");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(_catalog.Find("a")?.Program);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_not_served_in_place_of_a_whole_one()
    {
        Write("a.ts", "1");
        var before = _catalog.Find("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Write("a.ts", "edit-while-loading");

        var held = _catalog.Find("a");
        var whole = _catalog.Find("a");

        Assert.Same(before?.Program, held?.Program);
        Assert.True(_programs[1].IsDisposed);
        Assert.Same(_programs[2], whole?.Program);
    }

    [Fact]
    public void Two_files_for_one_name_are_a_conflict()
    {
        Write("a.ts");
        Write("a.mjs");
        Write("b.ts");

        var conflict = Assert.Single(_catalog.Conflicts());
        Assert.Contains("a.ts, a.mjs", conflict, StringComparison.Ordinal);
        Assert.Null(_catalog.Find("a")?.Program);
        Assert.NotNull(_catalog.Find("b")?.Program);
    }

    [Fact]
    public void A_directory_that_does_not_exist_has_no_scripts()
    {
        var catalog = new ScriptCatalog(Path.Combine(_directory.FullName, "absent"), Load, _time, _log);

        Assert.Empty(catalog.All());
        Assert.Null(catalog.Find("a"));
    }

    private FakeScript Load(string file)
    {
        _loads.Add(file);
        var text = File.ReadAllText(file);
        if (text == "broken")
        {
            throw new ScriptException(ScriptFailure.LoadFailed, "syntax error") { File = "a.ts", Line = 3, Column = 7 };
        }

        if (text == "edit-while-loading")
        {
            File.WriteAllText(file, "edited");
        }

        var sources = text.StartsWith("import ", StringComparison.Ordinal)
            ? new[] { file, Path.Combine(_directory.FullName, text["import ".Length..]) }
            : [file];
        var program = new FakeScript(_ => Task.FromResult(TestServer.Text(text)), sources);
        _programs.Add(program);
        return program;
    }

    private void Write(string relativePath, string text = "")
    {
        var path = Path.Combine(_directory.FullName, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
    }
}
