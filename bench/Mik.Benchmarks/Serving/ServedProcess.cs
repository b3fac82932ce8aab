using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Benchmarks.Serving;

/// <summary>A server in a process of its own, with the guests of the fixtures: what clients cost is not counted with what it costs.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    /// <summary>What a child process runs; its argument is the project's directory.</summary>
    public const string ChildCommand = "serve";

    private readonly Process _process;
    private readonly DirectoryInfo _project;

    private ServedProcess(Process process, DirectoryInfo project, string[] urls) =>
        (_process, _project, Url, BareUrl, EndpointUrl) = (process, project, new Uri(urls[0]), new Uri(urls[1]), new Uri(urls[2]));

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Where the web server listens that has nothing on top, in the same process.</summary>
    public Uri BareUrl { get; }

    /// <summary>Where an endpoint of the framework listens, in the same process.</summary>
    public Uri EndpointUrl { get; }

    /// <summary>Starts one.</summary>
    /// <param name="configuration">Its <c>mik.toml</c>.</param>
    public static async Task<ServedProcess> StartAsync(string configuration)
    {
        var project = Directory.CreateTempSubdirectory("mik-benchmark-");
        var modules = project.CreateSubdirectory("modules").FullName;
        foreach (var guest in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "guests"), "*.wasm"))
        {
            File.Copy(guest, Path.Combine(modules, Path.GetFileName(guest)));
        }

        await File.WriteAllTextAsync(Path.Combine(project.FullName, ConfigReader.FileName), configuration);
        var program = Path.Combine(AppContext.BaseDirectory, "Mik.Benchmarks.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, ChildCommand, project.FullName])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return await process.StandardOutput.ReadLineAsync() is { } urls
            ? new ServedProcess(process, project, urls.Split(' '))
            : throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>Serves a project until the input ends.</summary>
    public static async Task RunChildAsync(string directory)
    {
        var config = ConfigReader.Read(new ConfigRequest { Directory = directory }).Config;
        var options = new MikServerOptions { LoggerFactory = NullLoggerFactory.Instance };
        await using var server = await MikServer.StartAsync(config with { Server = config.Server with { Port = 0 } }, options, CancellationToken.None);
        var (bare, bareUrl) = await Throughput.StartBareAsync();
        using var nothing = bare;
        var (endpoint, endpointUrl) = await Throughput.StartEndpointAsync();
        await using var application = endpoint;
        await Console.Out.WriteLineAsync($"{server.Url} {bareUrl} {endpointUrl}");
        await Console.In.ReadToEndAsync();
    }

    /// <summary>What it has of the system now (Linux).</summary>
    public ProcessUse Use() => ProcessUse.Of(_process.Id);

    /// <summary>Asks what it has, again and again, until something is over; the use with the most memory.</summary>
    public async Task<ProcessUse> PeakUntilAsync(Task over)
    {
        var peak = Use();
        while (await Task.WhenAny(over, Task.Delay(TimeSpan.FromMilliseconds(100))) != over)
        {
            var now = Use();
            peak = new ProcessUse(Math.Max(peak.ResidentBytes, now.ResidentBytes), Math.Max(peak.Threads, now.Threads), Math.Max(peak.Handles, now.Handles));
        }

        return peak;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _project.Delete(recursive: true);
    }
}
