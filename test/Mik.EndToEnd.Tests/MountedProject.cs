namespace Mik.EndToEnd.Tests;

/// <summary>One server with a handler that has mounts, and the same handler under another name without.</summary>
public sealed class MountedProject : ServedProject
{
    protected override void Prepare()
    {
        Project
            .Write("mik.toml", """
                [handlers.http_files]
                mounts = ["assets:/assets", "data:/data:rw"]
                """)
            .Write("assets/a.txt", "asset")
            .Write("assets/deep/b.txt", "deep")
            .Write("data/old.txt", "old")
            .AddHandler("http_files");
        File.CreateSymbolicLink(Path.Combine(Project.Directory, "assets", "link"), "../mik.toml");
        File.Copy(TemporaryProject.Guest("http_files"), Path.Combine(Project.Directory, "modules", "other_files.wasm"));
    }
}
