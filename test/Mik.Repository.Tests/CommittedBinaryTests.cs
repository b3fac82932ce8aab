using System.Security.Cryptography;
using Xunit;

namespace Mik.Repository.Tests;

public sealed class CommittedBinaryTests
{
    [Fact]
    public void Every_committed_component_has_a_sum_beside_it_and_matches_it()
    {
        var binaries = RepositoryFiles.All.Where(static f => f.EndsWith(".wasm", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(binaries);

        var wrong = binaries.Where(static f => SumIn(Path.GetDirectoryName(f)!, Path.GetFileName(f)) != ActualSum(f)).ToList();
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_sum_names_a_file_that_is_there()
    {
        var missing = RepositoryFiles.All
            .Where(static f => Path.GetFileName(f) == "SHA256SUMS")
            .SelectMany(static f => Sums(Path.GetDirectoryName(f)!).Keys.Select(name => $"{Path.GetDirectoryName(f)}/{name}"))
            .Except(RepositoryFiles.All);

        Assert.Empty(missing);
    }

    private static string? SumIn(string directory, string name) => Sums(directory).GetValueOrDefault(name);

    private static Dictionary<string, string> Sums(string directory)
    {
        var list = RepositoryFiles.Full($"{directory}/SHA256SUMS");
        return File.Exists(list)
            ? File.ReadLines(list).Select(static l => l.Split("  ", 2)).ToDictionary(static l => l[1], static l => l[0])
            : [];
    }

    private static string ActualSum(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(RepositoryFiles.Full(file))));
}
