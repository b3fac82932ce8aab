using Mik.Testing.Results;
using Mik.Testing.Watching;
using Xunit;
using TestResult = Mik.Testing.Results.TestResult;

namespace Mik.Testing.Tests.Watching;

public sealed class ImportGraphTests
{
    private static readonly string[] Files = ["/p/a.test.ts", "/p/b.test.ts"];

    [Fact]
    public void Change_concerns_what_is_made_from_it()
    {
        var imports = Known();

        Assert.Equal(["/p/a.test.ts"], imports.Concerned(Files, Changes("/p/lib.ts")));
        Assert.Equal(["/p/b.test.ts"], imports.Concerned(Files, Changes("/p/b.test.ts", "/p/notes.md")));
        Assert.Empty(imports.Concerned(Files, Changes("/p/notes.md")));
    }

    [Fact]
    public void New_files_and_unknown_changes_concern_always()
    {
        var imports = Known();

        Assert.Equal(["/p/c.test.ts"], imports.Concerned([.. Files, "/p/c.test.ts"], Changes("/p/notes.md")));
        Assert.Equal(Files, imports.Concerned(Files, new HashSet<string>()));
    }

    [Fact]
    public void Files_that_came_back_are_new()
    {
        var imports = Known();

        imports.Keep(["/p/a.test.ts"]);

        Assert.Equal(["/p/b.test.ts"], imports.Concerned(Files, Changes("/p/notes.md")));
    }

    private static ImportGraph Known()
    {
        var imports = new ImportGraph();
        imports.Add("/p/a.test.ts", Result("/p/a.test.ts", "/p/lib.ts"));
        imports.Add("/p/b.test.ts", Result("/p/b.test.ts"));
        return imports;
    }

    private static TestFileResult Result(params string[] sources) =>
        new(sources[0]) { Tests = [new TestResult("one", [])], SourceFiles = sources };

    private static HashSet<string> Changes(params string[] files) => new(files, StringComparer.Ordinal);
}
