using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Catalog;

public sealed class CatalogBuilderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-catalog");
    private readonly RecordingLoggerFactory _log = new();

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _log.Dispose();
    }

    [Fact]
    public void Every_component_of_the_directory_becomes_a_handler()
    {
        Write("modules/b.wasm", "1");
        Write("modules/a.v2.wasm", "2");
        Write("modules/notes.txt", "3");
        Write("modules/deep/c.wasm", "4");

        Assert.Equal(["a.v2", "b"], Build().Handlers.Select(handler => handler.Name));
    }

    [Fact]
    public void One_that_cannot_be_loaded_is_kept_and_the_others_are_served()
    {
        Write("modules/bad.wasm", "broken");
        Write("modules/good.wasm", "1");

        var catalog = Build();

        Assert.True(catalog.TryFind("bad", out var bad));
        Assert.Null(bad.Program);
        Assert.Equal("not a component", bad.LoadFailure);
        Assert.True(catalog.TryFind("good", out var good));
        Assert.NotNull(good.Program);
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Handler bad ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_no_path_can_have_is_left_out_with_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a file name with a control character");
        Write("modules/a\nb.wasm", "1");

        Assert.Empty(Build().Handlers);
        Assert.Contains(_log.Lines, line => line.Contains(@"a\x0Ab.wasm", StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_file_is_served_alone()
    {
        Write("modules/a.wasm", "1");
        Write("other/hello.wasm", "2");

        Assert.Equal(["hello"], Build(single: "other/hello.wasm").Handlers.Select(handler => handler.Name));
    }

    [Fact]
    public void Without_a_directory_there_are_no_handlers() => Assert.Empty(Build().Handlers);

    [Fact]
    public void State_outlives_a_reload()
    {
        Write("modules/a.wasm", "1");
        var states = new HandlerStates(Config(), TimeProvider.System);

        var before = Assert.Single(Build(states: states).Handlers);
        var after = Assert.Single(Build(states: states).Handlers);

        Assert.NotSame(before, after);
        Assert.Same(before.State, after.State);
    }

    [Fact]
    public void What_has_not_changed_is_taken_over()
    {
        Write("modules/a.wasm", "1");
        Write("modules/b.wasm", "1");
        var states = new HandlerStates(Config(), TimeProvider.System);
        var former = Build(states: states);

        Write("modules/b.wasm", "broken");
        Write("modules/c.wasm", "1");
        var current = Build(states: states, former: former);

        Assert.Equal(["a", "b", "c"], current.Handlers.Select(handler => handler.Name));
        Assert.Same(former.Handlers[0], current.Handlers[0]);
        Assert.Null(current.Handlers[1].Program);

        // Another program begins with a clean record.
        Assert.NotSame(former.Handlers[1].State, current.Handlers[1].State);
    }

    [Fact]
    public void One_that_changed_for_the_worse_goes_on_as_it_was_where_that_is_wanted()
    {
        Write("modules/a.wasm", "1");
        var states = new HandlerStates(Config(), TimeProvider.System);
        var former = Build(states: states);

        Write("modules/a.wasm", "broken");
        var held = Assert.Single(Build(states: states, former: former, keepsFormer: true).Handlers);

        Assert.Same(former.Handlers[0].Program, held.Program);
        Assert.Same(former.Handlers[0].State, held.State);
        Assert.Equal("not a component", held.ReloadFailure);
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Handler a has changed and cannot be loaded", StringComparison.Ordinal));

        Write("modules/a.wasm", "2");
        var repaired = Assert.Single(Build(states: states, former: new HandlerCatalog([held]), keepsFormer: true).Handlers);
        Assert.Null(repaired.ReloadFailure);
        Assert.NotSame(held.Program, repaired.Program);
    }

    [Fact]
    public void What_has_not_changed_is_fitted_to_another_configuration()
    {
        Write("modules/a.wasm", "1");
        var states = new HandlerStates(Config(), TimeProvider.System);
        var former = Build(states: states);
        var fitted = new FakeHandler(run => run.Answer("fitted"));

        var current = new CatalogBuilder(Config(), states, Load, _log) { Adopt = _ => fitted }.Build(former, TestContext.Current.CancellationToken);

        Assert.Same(fitted, Assert.Single(current.Handlers).Program);
    }

    private HandlerCatalog Build(string? single = null, HandlerStates? states = null, HandlerCatalog? former = null, bool keepsFormer = false)
    {
        var config = Config() with { SingleHandlerFile = single is null ? null : Path.Combine(_directory.FullName, single) };
        return new CatalogBuilder(config, states ?? new HandlerStates(config, TimeProvider.System), Load, _log) { KeepsFormer = keepsFormer }
            .Build(former ?? new HandlerCatalog([]), TestContext.Current.CancellationToken);
    }

    private MikConfig Config() => new() { Directory = _directory.FullName };

    private static FakeHandler Load(ReadOnlyMemory<byte> binary, string name) => binary.Length > 1
        ? throw new InvalidDataException("not a component")
        : new FakeHandler(run => run.Answer(name));

    private void Write(string relativePath, string text)
    {
        var path = Path.Combine(_directory.FullName, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
