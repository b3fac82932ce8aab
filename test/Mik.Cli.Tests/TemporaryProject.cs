namespace Mik.Cli.Tests;

/// <summary>A directory for one test, deleted with it.</summary>
internal sealed class TemporaryProject : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mik-cli-").FullName;

    public TemporaryProject Write(string path, string text)
    {
        var file = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
