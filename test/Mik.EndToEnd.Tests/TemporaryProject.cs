
namespace Mik.EndToEnd.Tests;

/// <summary>A project's directory for one test, deleted with it.</summary>
internal sealed class TemporaryProject : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mik-e2e-").FullName;

    /// <summary>A guest of the fixtures.</summary>
    public static string Guest(string name) => Path.Combine(RepositoryRoot.Path, "fixtures", "guests", "built", name + ".wasm");

    public TemporaryProject Write(string path, string text)
    {
        File.WriteAllText(Prepare(path), text);
        return this;
    }

    public TemporaryProject Write(string path, byte[] content)
    {
        File.WriteAllBytes(Prepare(path), content);
        return this;
    }

    /// <summary>Adds a guest of the fixtures as a handler, under its own name or another.</summary>
    public TemporaryProject AddHandler(string guest, string? name = null)
    {
        File.Copy(Guest(guest), Prepare($"modules/{name ?? guest}.wasm"));
        return this;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private string Prepare(string path)
    {
        var file = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
