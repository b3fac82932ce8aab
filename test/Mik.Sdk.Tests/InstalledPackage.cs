using System.Text.Json;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>A project that was empty until the packed package was installed into it, as a user would.</summary>
public sealed class InstalledPackage : IAsyncLifetime
{
    internal string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mik-sdk-").FullName;

    /// <summary>The files of the tarball, with forward slashes.</summary>
    internal IReadOnlyList<string> PackedFiles { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        var packed = await NodeProgram.NpmAsync(NodeProgram.SdkDirectory, "pack", "--json", "--pack-destination", Directory);
        Assert.True(packed.ExitCode == 0, packed.Error);
        using var report = JsonDocument.Parse(packed.Output);
        var package = report.RootElement.ValueKind == JsonValueKind.Array ? report.RootElement[0] : report.RootElement.EnumerateObject().First().Value;
        PackedFiles = [.. package.GetProperty("files").EnumerateArray().Select(static f => f.GetProperty("path").GetString()!)];

        Write("package.json", """{ "private": true, "type": "module" }""");
        Write("tsconfig.json", DocumentExample.InReadme("json"));
        var tarball = Path.Combine(Directory, package.GetProperty("filename").GetString()!);
        var installed = await NodeProgram.NpmAsync(Directory, "install", "--offline", tarball);
        Assert.True(installed.ExitCode == 0, installed.Error);
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts over with no scripts but these.</summary>
    internal InstalledPackage WithScripts(params (string Path, string Text)[] scripts)
    {
        var root = Path.Combine(Directory, "scripts");
        if (System.IO.Directory.Exists(root))
        {
            System.IO.Directory.Delete(root, recursive: true);
        }

        foreach (var (path, text) in scripts)
        {
            Write($"scripts/{path}", text);
        }

        return this;
    }

    /// <summary>Lets scripts import vitest as if it were installed here, too.</summary>
    internal InstalledPackage WithVitest()
    {
        var link = Path.Combine(Directory, "node_modules", "vitest");
        if (!System.IO.Directory.Exists(link))
        {
            System.IO.Directory.CreateSymbolicLink(link, NodeProgram.Tool("vitest"));
        }

        return this;
    }

    /// <summary>What the type checker complains about; empty when it does not.</summary>
    internal async Task<string> TypeCheckAsync()
    {
        var result = await NodeProgram.TypeCheckAsync(Directory);
        Assert.Equal(result.ExitCode == 0, result.Output.Length == 0);
        return result.Output + result.Error;
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
