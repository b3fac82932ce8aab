using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Mik.Benchmarks.Measurement;

namespace Mik.Benchmarks.Serving;

/// <summary>
/// Requests a second to a trivial handler, to an endpoint of the framework that says the same, and to the web server underneath with
/// nothing on top, in one process and turn about. Needs wrk.
/// </summary>
internal static partial class Throughput
{
    private const int Connections = 32;

    private const string Bare = "Kestrel with nothing on top";
    private const string Endpoint = "an endpoint on Kestrel";
    private const string Handler = "handler http_hello";

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        await using var server = await ServedProcess.StartAsync("");
        var seconds = Math.Max(1, (int)Math.Round(options.Seconds / options.Rounds));
        var rates = new Dictionary<string, List<double>> { [Bare] = [], [Endpoint] = [], [Handler] = [] };

        // The first round is for the compiler.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var (row, measured) in rates)
            {
                var url = row switch
                {
                    Handler => new Uri(server.Url, "/run/http_hello/"),
                    Endpoint => new Uri(server.EndpointUrl, "/hello"),
                    _ => server.BareUrl,
                };
                var rate = await RateAsync(url, seconds);
                if (round > 0)
                {
                    measured.Add(rate);
                }
            }
        }

        var handler = Medians.Of(rates[Handler]);
        await output.WriteLineAsync($"{$"requests/s, {Connections} connections",-28} {"median",9} {"the handler's share",20}");
        foreach (var (row, measured) in rates)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row,-28} {Medians.Of(measured),9:F0} {handler / Medians.Of(measured),20:P0}"));
        }
    }

    /// <summary>One endpoint as applications map it, with routing and nothing else.</summary>
    public static async Task<(IAsyncDisposable Server, string Url)> StartEndpointAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.MapGet("/hello", static () => "hello\n");
        await application.StartAsync();
        return (application, application.Urls.First());
    }

    /// <summary>The web server with nothing on top, answering every request with the handler's text.</summary>
    public static async Task<(IDisposable Server, string Url)> StartBareAsync()
    {
        var loggers = NullLoggerFactory.Instance;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Loopback, 0);
        var kestrel = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        await kestrel.StartAsync(new Nothing(), CancellationToken.None);
        return (kestrel, kestrel.Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.First());
    }

    private static async Task<double> RateAsync(Uri url, int seconds)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t2", $"-c{Connections}", $"-d{seconds}s", url.ToString()]) { RedirectStandardOutput = true })!;
        var report = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return Rate().Match(report) is { Success: true } rate && !report.Contains("Non-2xx", StringComparison.Ordinal)
            ? double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"wrk did not measure:\n{report}");
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    private sealed class Nothing : IHttpApplication<IFeatureCollection>
    {
        private static readonly byte[] Text = "hello\n"u8.ToArray();

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            var head = context.GetRequiredFeature<IHttpResponseFeature>();
            head.Headers.ContentType = "text/plain";
            head.Headers.ContentLength = Text.Length;
            await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(Text);
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
