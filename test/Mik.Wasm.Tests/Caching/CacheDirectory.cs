using Mik.Wasm.Caching;
using Xunit;

namespace Mik.Wasm.Tests.Caching;

/// <summary>
/// A cache's directory for one test. Its compiler is a script that hands the assembly through, so that tests need no crossgen2: what was
/// compiled that way still loads from the file.
/// </summary>
internal sealed class CacheDirectory : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mik-cache-").FullName;

    public CacheDirectory(string compiler = "cp \"$1\" \"$3\"")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "code is only kept on Linux");
        Path = System.IO.Path.Combine(_root, "kept", "code");
        CompilerLog = System.IO.Path.Combine(_root, "log");
        Compiler = System.IO.Path.Combine(_root, "compiler");
        File.WriteAllText(Compiler, $"#!/bin/sh\necho \"$1\" >> {CompilerLog}\n{compiler}\n");
    }

    public string Path { get; }

    public string Compiler { get; }

    /// <summary>A line for each run of the compiler.</summary>
    public string CompilerLog { get; }

    public int CompilerRuns => File.Exists(CompilerLog) ? File.ReadAllLines(CompilerLog).Length : 0;

    public CodeCache Open(TimeProvider? time = null, long maxBytes = 1 << 30) =>
        CodeCache.Open(Options(time, maxBytes), out _) ?? throw new InvalidOperationException("the cache does not open");

    public CodeCacheOptions Options(TimeProvider? time = null, long maxBytes = 1 << 30) =>
        new() { Directory = Path, CompilerFile = Compiler, MaxBytes = maxBytes, TimeProvider = time ?? TimeProvider.System };

    public string[] Files(string extension) => Directory.GetFiles(Path, $"*.{extension}");

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    public static void LetOthersWrite(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
