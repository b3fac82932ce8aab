using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>A project that has its types from <c>mik types</c> and nothing else.</summary>
public sealed class TypesWithoutNpmTests : IDisposable
{
    private readonly string _project = Directory.CreateTempSubdirectory("mik-sdk-").FullName;

    [Fact]
    public async Task Scripts_and_tests_are_typed_strictly()
    {
        Write("mik.toml", "[server]\nscripts = \"flows\"\n");
        Write("flows/checkout.ts", DocumentExample.InReadme("ts"));
        Write("flows/checkout.test.ts", DocumentExample.InReadme("ts", 1));
        Write("flows/price.ts", DocumentExample.In("docs/guide/types.md", "ts"));
        Write("flows/older.js", "import { ok, script } from \"mik-sdk\";\nexport default script(async (req) => ok(new URL(req.path, \"http://a\").href));\n");

        var written = await MikProgram.RunAsync(_project, ["types"]);
        var sound = await NodeProgram.TypeCheckAsync(_project);
        Write("flows/wrong.ts", "import { script } from \"mik-sdk\";\nexport default script<{ a: string }>(async (req) => req.body.b);\nexpect(1).toBee(1);\n");
        var wrong = await NodeProgram.TypeCheckAsync(_project);

        Assert.Equal((0, ""), (written.ExitCode, written.Error));
        Assert.Equal((0, ""), (sound.ExitCode, sound.Output));
        Assert.Matches(@"\Aflows/wrong\.ts\(2,.*\nflows/wrong\.ts\(3,.*\n\z", wrong.Output);
    }

    public void Dispose() => Directory.Delete(_project, recursive: true);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
