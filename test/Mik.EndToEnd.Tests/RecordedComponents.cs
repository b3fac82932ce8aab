using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mik.EndToEnd.Tests;

/// <summary>
/// Components that were made elsewhere, in C, Rust, JavaScript and WebAssembly text, served together; beside them the server that
/// some of them call.
/// </summary>
public sealed class RecordedComponents : ServedProject
{
    private readonly WebApplication _upstream = StartUpstream();

    /// <summary>Where the other server listens.</summary>
    public int UpstreamPort => new Uri(_upstream.Urls.Single()).Port;

    /// <summary>What was recorded of them under another host: requests and answers, by component.</summary>
    public static JsonElement Recorded() => JsonElement.Parse(File.ReadAllBytes(SharedData.Require("fixtures/expected.json")));

    protected override void Prepare()
    {
        Project.Write("mik.toml", """
            [server]
            http_allowed = ["127.0.0.1"]
            """);
        if (!SharedData.IsPresent)
        {
            return;
        }

        foreach (var component in Recorded().EnumerateObject())
        {
            var file = SharedData.Require($"fixtures/built/{component.Name}.wasm");
            Project.Write($"modules/{component.Name}.wasm", File.Exists(file) ? File.ReadAllBytes(file) : Unpack(file + ".gz"));
        }
    }

    protected override async ValueTask CloseAsync() => await _upstream.DisposeAsync();

    private static byte[] Unpack(string file)
    {
        using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static WebApplication StartUpstream()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(AnswerAsync);
        app.Start();
        return app;
    }

    // What the server answered that was there when the requests were recorded.
    private static async Task AnswerAsync(HttpContext exchange)
    {
        var (request, response) = (exchange.Request, exchange.Response);
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, exchange.RequestAborted);
        var (status, type, text) = request.Path.Value switch
        {
            "/a" => (201, null, ""),
            "/b" => (202, null, ""),
            "/slow" => (200, null, ""),
            "/big" => (200, "application/x-big", new string('z', 100_000)),
            _ => (203, "text/up", $"upstream got {request.Method} {body.Length}"),
        };
        response.StatusCode = status;
        response.ContentType = type;
        response.Headers["x-up"] = "yes";
        await response.Body.WriteAsync(Encoding.ASCII.GetBytes(text), exchange.RequestAborted);
    }
}
