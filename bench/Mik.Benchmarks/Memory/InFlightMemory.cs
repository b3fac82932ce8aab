using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Peers;
using Mik.Benchmarks.Requests;

namespace Mik.Benchmarks.Memory;

/// <summary>
/// What a script request occupies that waits for its first call. Each round is a process of its own: a heap that has grown once has
/// room for the next request.
/// </summary>
internal static class InFlightMemory
{
    /// <summary>The benchmark that a child process runs; its arguments are the script engine and the number of requests.</summary>
    public const string ChildCommand = "memory-once";

    private const string Script = "sequential5";
    private const string Ours = "mik";
    private const string Peer = "Jint";

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var requests = options.Requests.ToString(CultureInfo.InvariantCulture);
        var rounds = new Dictionary<string, List<double[]>> { [Ours] = [], [Peer] = [] };
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (engine, figures) in rounds)
            {
                figures.Add(await ChildProcess.MeasureAsync(ChildCommand, engine, requests));
            }
        }

        await output.WriteLineAsync($"{$"each of {requests} requests, KiB",-28} {"PSS",9} {"VmRSS",9} {"managed",9}");
        foreach (var (engine, figures) in rounds)
        {
            await WriteAsync($"{engine}, first time", figures, 0);
            await WriteAsync($"{engine}, second time", figures, 3);
        }

        async Task WriteAsync(string row, List<double[]> figures, int from)
        {
            var (pss, rss, managed) = (Median(from), Median(from + 1), Median(from + 2));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row,-28} {pss,9:F1} {rss,9:F1} {managed,9:F1}"));

            double Median(int figure) => Medians.Of(figures.Select(each => each[figure] / 1024 / options.Requests));
        }
    }

    /// <summary>Answers with the bytes that requests add, the first time and the second: PSS, resident set, managed heap.</summary>
    public static async Task RunChildAsync(string engine, int requests)
    {
        using var server = engine == Peer ? new InProcessServer(static file => new JintScript(file)) : new InProcessServer();

        // What exists once is there already: compiled code, the image, a thread, the heap's first room.
        await server.RunScriptAsync(Script, new ImmediateCalls(), CancellationToken.None);
        await AddedByAsync(server, 1);

        var first = await AddedByAsync(server, requests);
        var second = await AddedByAsync(server, requests);
        await ChildProcess.AnswerAsync(
            first.Proportional, first.Resident, first.ManagedHeap, second.Proportional, second.Resident, second.ManagedHeap);
    }

    private static async Task<ProcessMemory> AddedByAsync(InProcessServer server, int requests)
    {
        using var over = new CancellationTokenSource();
        var calls = new WaitingCalls(requests);
        var before = ProcessMemory.Settled();
        var ended = Task.WhenAll(Enumerable.Range(0, requests).Select(_ => server.RunScriptAsync(Script, calls, over.Token)).ToList());
        await await Task.WhenAny(calls.AllHere, ended);
        var added = ProcessMemory.Settled() - before;
        await over.CancelAsync();
        await ended;
        return added;
    }
}
