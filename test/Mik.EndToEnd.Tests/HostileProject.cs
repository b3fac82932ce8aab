namespace Mik.EndToEnd.Tests;

/// <summary>One server with every guest and script of the fixtures under short limits, for all tests of a class.</summary>
public sealed class HostileProject : ServedProject
{
    protected override void Prepare()
    {
        Project.Write("mik.toml", """
            [server]
            execution_timeout_secs = 3
            memory_limit_mb = 16
            script_cpu_ms = 3000
            script_timeout_secs = 60
            script_memory_mb = 32
            [breaker]
            failures = 1000
            """);
        var fixtures = Path.Combine(RepositoryRoot.Path, "fixtures");
        foreach (var guest in Directory.GetFiles(Path.Combine(fixtures, "guests", "built"), "*.wasm"))
        {
            Project.AddHandler(Path.GetFileNameWithoutExtension(guest));
        }

        foreach (var script in Directory.GetFiles(Path.Combine(fixtures, "scripts"), "*.js"))
        {
            Project.Write($"scripts/{Path.GetFileName(script)}", File.ReadAllText(script));
        }
    }
}
