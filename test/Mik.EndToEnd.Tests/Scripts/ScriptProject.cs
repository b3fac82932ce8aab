using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>One server for all tests of the scripts' contract: each adds the scripts it needs while the server runs. Thread-safe.</summary>
public sealed class ScriptProject : ServedProject
{
    /// <summary>How many requests one handler serves at a time.</summary>
    public const int MaxPerHandler = 2;

    /// <summary>After how many failures in a row a handler is suspended.</summary>
    public const int BreakerFailures = 20;

    private int _scripts;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override void Prepare()
    {
        Project.Write("mik.toml", $"""
            [server]
            max_per_module_requests = {MaxPerHandler}
            execution_timeout_secs = 300
            script_timeout_secs = 300
            script_cpu_ms = 60000
            memory_limit_mb = 16
            [breaker]
            failures = {BreakerFailures}
            open_secs = 3600
            """);
        foreach (var guest in (string[])["http_echo", "http_hello", "http_status", "http_sleep", "fault_trap", "fault_grow", "fault_silent"])
        {
            Project.AddHandler(guest);
        }

        // Suspended, saturated and watched ones of their own, so that nobody else notices.
        File.Copy(TemporaryProject.Guest("fault_silent"), Path.Combine(Project.Directory, "modules", "failing.wasm"));
        File.Copy(TemporaryProject.Guest("http_sleep"), Path.Combine(Project.Directory, "modules", "watched.wasm"));
    }

    /// <summary>Writes a file below the scripts' directory.</summary>
    public void Write(string file, string text) => Project.Write($"scripts/{file}", text);

    public void Delete(string file) => File.Delete(Path.Combine(Project.Directory, "scripts", file));

    /// <summary>Adds a script whose function has this body; its name.</summary>
    public string Add(string body, string extension = "js") =>
        AddFile($"import {{ script, ok, error }} from \"mik-sdk\";\nexport default script(async (req, host) => {{\n{body}\n}});\n", extension);

    /// <summary>Adds a script; its name.</summary>
    public string AddFile(string source, string extension = "js")
    {
        var name = $"s{Interlocked.Increment(ref _scripts).ToString(CultureInfo.InvariantCulture)}";
        Write($"{name}.{extension}", source);
        return name;
    }

    /// <summary>Adds a script whose function has this body, and asks it.</summary>
    public Task<ScriptReply> AskAsync(string body, string method = "GET", string? contentType = null, string? content = null) =>
        GetAsync($"/script/{Add(body)}", method, contentType, content);

    public async Task<ScriptReply> GetAsync(
        string path, string method = "GET", string? contentType = null, string? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Server.Client.SendAsync(request, Cancellation);
        return await ScriptReply.OfAsync(response);
    }

    /// <summary>Sends a request of these very lines, which a client library would not; the whole answer.</summary>
    public async Task<string> SendLinesAsync(params string[] lines)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Server.Address.Host, Server.Address.Port, Cancellation);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{string.Join("\r\n", lines)}\r\nHost: test\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>Waits until that many requests of a handler are in flight.</summary>
    public Task WaitForInFlightAsync(string handler, int count) => Server.WaitUntilAsync(
        async () =>
        {
            var list = JsonElement.Parse(await Server.Client.GetStringAsync("/_mik/handlers", Cancellation));
            return list.GetProperty("handlers").EnumerateArray()
                .Single(entry => entry.GetProperty("name").GetString() == handler)
                .GetProperty("in_flight").GetInt32() == count;
        },
        $"{handler} does not come to {count} requests in flight");
}

/// <summary>Tests that share <see cref="ScriptProject"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ScriptProjectTests : ICollectionFixture<ScriptProject>
{
    public const string Name = "scripts";
}
