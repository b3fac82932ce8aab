using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>A running server: the real program, on a port of its own, ended with the test.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MikProcess : IAsyncDisposable
{
    private const string ListeningPrefix = "Listening on ";

    private readonly Process _process;
    private readonly StringBuilder _output = new(); // guarded by itself
    private readonly StringBuilder _log = new(); // guarded by itself
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _readingOutput;
    private readonly Task _readingLog;

    private MikProcess(Process process)
    {
        _process = process;
        _readingOutput = ReadAsync(process.StandardOutput, _output, line =>
        {
            if (line.StartsWith(ListeningPrefix, StringComparison.Ordinal))
            {
                _listening.TrySetResult(new Uri(line[ListeningPrefix.Length..]));
            }
        });
        _readingLog = ReadAsync(process.StandardError, _log, static _ => { });
    }

    /// <summary>How long anything here is waited for. Far above what it takes: only a hang is meant to reach it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    public int Id => _process.Id;

    public Uri Address { get; private set; } = null!;

    /// <summary>A client of this server that follows no redirects, keeps no cookies and never gives up before the test does.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it logged so far.</summary>
    public string Log => Text(_log);

    /// <summary>Starts <c>mik run</c> in a directory, on a free port, and waits until it is ready.</summary>
    public static Task<MikProcess> StartAsync(string directory, params string[] arguments) => StartAsync(directory, arguments, []);

    /// <summary>Starts <c>mik dev</c> in a directory, on a free port, and waits until it is ready.</summary>
    public static Task<MikProcess> StartDevAsync(string directory) => StartAsync("dev", directory, [], []);

    /// <summary>Starts <c>mik run</c> with environment variables.</summary>
    public static Task<MikProcess> StartAsync(string directory, string[] arguments, IEnumerable<KeyValuePair<string, string>> environment) =>
        StartAsync("run", directory, arguments, environment);

    /// <summary>Starts <c>mik run</c> with a socket that is open already, as service managers do.</summary>
    public static Task<MikProcess> StartActivatedAsync(string directory) => StartAsync(new MikProcess(MikProgram.StartActivated(directory, ["run"])));

    private static Task<MikProcess> StartAsync(
        string command, string directory, string[] arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        return StartAsync(new MikProcess(MikProgram.Start(directory, [command, "--port", "0", .. arguments], environment)));
    }

    private static async Task<MikProcess> StartAsync(MikProcess server)
    {
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop and waits until it has; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await WaitForExitAsync();
    }

    /// <summary>Sends a signal by name.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)]);
        using var timeout = new CancellationTokenSource(Patience);
        await kill.WaitForExitAsync(timeout.Token);
    }

    /// <summary>Waits for the end, and for the last of what it wrote; the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        await Task.WhenAll(_readingOutput, _readingLog).WaitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits until the log contains a text.</summary>
    public Task WaitForLogAsync(string text) =>
        WaitUntilAsync(() => Task.FromResult(Log.Contains(text, StringComparison.Ordinal)), $"the log does not contain '{text}'");

    /// <summary>Waits until something is the case.</summary>
    public async Task WaitUntilAsync(Func<Task<bool>> condition, string complaint)
    {
        for (var start = Stopwatch.StartNew(); !await condition();)
        {
            if (start.Elapsed > Patience || _process.HasExited)
            {
                throw new TimeoutException($"{complaint}:\n{Output}{Log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await WaitForExitAsync();
        }

        Client?.Dispose();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var ended = WaitForExitAsync();
        if (await Task.WhenAny(_listening.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"mik ended with exit code {await ended}:\n{Output}{Log}");
        }

        Address = await _listening.Task;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
        {
            BaseAddress = Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };

        await WaitUntilAsync(
            async () =>
            {
                using var timeout = new CancellationTokenSource(Patience);
                using var response = await Client.GetAsync("/health/ready", timeout.Token);
                return response.StatusCode == HttpStatusCode.OK;
            },
            "it does not become ready");
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text, Action<string> seen)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }

            seen(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
