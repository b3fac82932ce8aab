using Mik.Scripting.TypeScript;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.TypeScript;

public sealed class ErasedSourcesTests : IDisposable
{
    private const string Source = "const price: number = 1;";

    private readonly string _root = Directory.CreateTempSubdirectory("mik-erased-").FullName;

    private string Kept => Path.Combine(_root, "kept");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_was_kept_is_found_for_the_same_source_only()
    {
        new ErasedSources(Kept).Keep(Source, "const price         = 1;");

        var later = new ErasedSources(Kept);
        Assert.Equal("const price         = 1;", later.Find(Source));
        Assert.Null(later.Find(Source + " "));
    }

    [Fact]
    public void Eraser_takes_what_is_kept_instead_of_erasing()
    {
        var engine = new Engine();
        var erased = new TypeScriptEraser(engine, new ErasedSources(Kept)).Erase("a.ts", Source);
        Assert.Equal("const price         = 1;", erased);

        File.WriteAllText(Assert.Single(Directory.GetFiles(Kept)), "kept");
        Assert.Equal("kept", new TypeScriptEraser(engine, new ErasedSources(Kept)).Erase("b.ts", Source));
    }

    [Fact]
    public void Sources_that_cannot_be_erased_are_not_kept()
    {
        var eraser = new TypeScriptEraser(new Engine(), new ErasedSources(Kept));

        Assert.Throws<ScriptException>(() => eraser.Erase("a.ts", "enum Color { Red }"));

        Assert.False(Directory.Exists(Kept));
    }

    [Fact]
    public void Directory_that_cannot_be_made_keeps_nothing_and_breaks_nothing()
    {
        File.WriteAllText(Kept, "a file");
        var sources = new ErasedSources(Kept);

        sources.Keep(Source, "erased");

        Assert.Null(sources.Find(Source));
    }

    [Fact]
    public void Only_its_user_may_write_to_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");

        new ErasedSources(Kept).Keep(Source, "erased");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Kept).UnixFileMode);
    }
}
