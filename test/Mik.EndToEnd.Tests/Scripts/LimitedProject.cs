using System.Globalization;
using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>One server with small limits on everything but waiting.</summary>
public sealed class LimitedProject : ServedProject
{
    private int _scripts;

    protected override void Prepare()
    {
        Project.Write("mik.toml", """
            [server]
            script_cpu_ms = 1000
            script_timeout_secs = 300
            script_memory_mb = 32
            script_max_calls = 30
            """);
        Project.AddHandler("http_hello").AddHandler("http_echo");
    }

    /// <summary>Adds a script whose function has this body; its name.</summary>
    public string Add(string body)
    {
        var name = $"s{Interlocked.Increment(ref _scripts).ToString(CultureInfo.InvariantCulture)}";
        Project.Write($"scripts/{name}.js", $"import {{ script }} from \"mik-sdk\";\nexport default script(async (req, host) => {{\n{body}\n}});\n");
        return name;
    }

    /// <summary>Asks a script, with a request id that tells its name.</summary>
    public async Task<ScriptReply> AskAsync(string name, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/script/{name}");
        request.Headers.Add("X-Request-ID", $"id-{name}");
        foreach (var (header, value) in headers)
        {
            request.Headers.Add(header, value);
        }

        using var response = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ScriptReply.OfAsync(response);
    }
}
