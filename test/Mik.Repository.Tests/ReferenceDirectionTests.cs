using System.Xml.Linq;
using Mik.TestKit;
using Xunit;

namespace Mik.Repository.Tests;

public sealed class ReferenceDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Mik.Wasm"] = [],
        ["Mik.Components"] = ["Mik.Wasm"],
        ["Mik.Wasi"] = ["Mik.Components", "Mik.Wasm"],
        ["Mik.Scripting"] = ["Mik.Wasm"],
        ["Mik.Server"] = ["Mik.Components", "Mik.Scripting", "Mik.Wasi", "Mik.Wasm"],
        ["Mik.Testing"] = ["Mik.Scripting", "Mik.Server", "Mik.Wasm"],
        ["Mik.Cli"] = ["Mik.Components", "Mik.Server", "Mik.Testing"],
    };

    private static readonly string[] ProjectsWithoutMirror = ["Mik.Repository.Tests", "Mik.Conformance.Tests", "Mik.EndToEnd.Tests", "Mik.Sdk.Tests"];

    [Fact]
    public void Source_projects_reference_only_what_the_table_allows()
    {
        var projects = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);

        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

            Assert.Empty(references.Except(Allowed[name]));
        }
    }

    [Fact]
    public void Every_test_file_mirrors_a_source_file()
    {
        var root = RepositoryRoot.Path;
        var orphans = Directory.GetFiles(Path.Combine(root, "test"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Path.Combine(root, "test"), f))
            .Where(static f => !ProjectsWithoutMirror.Any(p => f.StartsWith(p, StringComparison.Ordinal)))
            .Where(f => !HasSource(Path.Combine(root, "src", f.Replace(".Tests/", "/", StringComparison.Ordinal).Replace("Tests.cs", "", StringComparison.Ordinal))));

        Assert.Empty(orphans);
    }

    // What is written in JavaScript has names in lower case.
    private static bool HasSource(string path) =>
        File.Exists($"{path}.cs") || File.Exists(Path.Combine(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path).ToLowerInvariant()}.js"));
}
