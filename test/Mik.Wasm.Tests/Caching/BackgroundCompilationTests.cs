using Microsoft.Extensions.Time.Testing;
using Mik.TestKit;
using Mik.Wasm.Caching;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Caching;

public sealed class BackgroundCompilationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Compiles_when_nothing_was_added_for_a_while()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();
        using var background = new BackgroundCompilation(cache, _time);

        Load(cache, 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Load(cache, 2);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((0, 0), (cache.Measure().Modules, directory.CompilerRuns));

        _time.Advance(TimeSpan.FromSeconds(2));
        SpinWait.SpinUntil(() => cache.Measure() is { Modules: 2, Waiting: 0 });
    }

    [Fact]
    public void Compiles_what_a_former_process_left()
    {
        using var directory = new CacheDirectory();
        var cache = directory.Open();
        Load(cache, 1);

        using var background = new BackgroundCompilation(cache, _time);
        _time.Advance(TimeSpan.FromSeconds(5));

        SpinWait.SpinUntil(() => cache.Measure() is { Modules: 1, Waiting: 0 });
    }

    [Fact]
    public void Disposing_ends_a_running_compiler()
    {
        using var directory = new CacheDirectory("exec sleep 1000");
        var cache = directory.Open();
        Load(cache, 1);
        var background = new BackgroundCompilation(cache, _time);
        _time.Advance(TimeSpan.FromSeconds(5));
        SpinWait.SpinUntil(() => directory.CompilerRuns == 1);

        background.Dispose();

        Assert.Equal(1, cache.Measure().Waiting);
        Load(cache, 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, directory.CompilerRuns);
    }

    private static void Load(CodeCache cache, int value)
    {
        var builder = new WasmModuleBuilder();
        builder.Function(builder.Type([], [WasmModuleBuilder.I32]), [0x41, .. WasmModuleBuilder.SignedLeb(value)]);
        new Engine(new EngineOptions { Cache = cache }).Compile(builder.Build(), "test");
    }
}
