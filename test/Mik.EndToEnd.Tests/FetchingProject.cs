namespace Mik.EndToEnd.Tests;

/// <summary>One server whose handler may send requests to one host inside, and to every host outside.</summary>
public sealed class FetchingProject : ServedProject
{
    protected override void Prepare() => Project
        .Write("mik.toml", """
            [server]
            http_allowed = ["127.0.0.1", "*"]
            http_max_response_mb = 1
            [breaker]
            failures = 1000
            """)
        .AddHandler("http_fetch");
}
