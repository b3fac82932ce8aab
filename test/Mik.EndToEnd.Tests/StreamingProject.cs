namespace Mik.EndToEnd.Tests;

/// <summary>One server with the guests that stream, and room for what they stream.</summary>
public sealed class StreamingProject : ServedProject
{
    protected override void Prepare() => Project
        .Write("mik.toml", """
            [server]
            max_body_size_mb = 1024
            execution_timeout_secs = 300
            [breaker]
            failures = 1000
            """)
        .AddHandler("http_echo")
        .AddHandler("http_stream");
}
