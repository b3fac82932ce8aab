using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Peers;
using Mik.Benchmarks.Requests;
using Mik.Server.Execution;

namespace Mik.Benchmarks.Memory;

/// <summary>What a script request occupies that waits for its first call.</summary>
internal static class InFlightMemory
{
    private const string Script = "sequential5";

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        await output.WriteLineAsync($"{$"per request of {options.Requests}, KiB",-28} {"PSS",9} {"VmRSS",9} {"managed",9}");
        await RunAsync("mik", null, options, output);
        await RunAsync("Jint", static file => new JintScript(file), options, output);
    }

    private static async Task RunAsync(string name, Func<string, IScriptProgram>? loadScript, BenchmarkOptions options, TextWriter output)
    {
        using var server = new InProcessServer(loadScript);

        // Everything that exists once: compiled code, the image, threads, the heap's own room.
        await server.RunScriptAsync(Script, new ImmediateCalls(), CancellationToken.None);
        await AddedByAsync(server, 1);

        var rounds = new List<ProcessMemory>();
        for (var round = 0; round < options.Rounds; round++)
        {
            rounds.Add(await AddedByAsync(server, options.Requests));
        }

        // Later rounds find instances that were used before and are kept for the next request.
        await WriteAsync($"{name}, first round", rounds[..1]);
        if (rounds.Count > 1)
        {
            await WriteAsync($"{name}, later rounds", rounds[1..]);
        }

        async Task WriteAsync(string row, List<ProcessMemory> of) => await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{row,-28} {PerRequest(of, static m => m.Proportional),9:F1} {PerRequest(of, static m => m.Resident),9:F1} {PerRequest(of, static m => m.ManagedHeap),9:F1}"));

        double PerRequest(List<ProcessMemory> of, Func<ProcessMemory, long> figure) =>
            Medians.Of(of.Select(memory => figure(memory) / 1024.0 / options.Requests));
    }

    private static async Task<ProcessMemory> AddedByAsync(InProcessServer server, int requests)
    {
        using var over = new CancellationTokenSource();
        var calls = new WaitingCalls(requests);
        var before = ProcessMemory.Settled();
        var waiting = Enumerable.Range(0, requests).Select(_ => server.RunScriptAsync(Script, calls, over.Token)).ToList();
        var ended = Task.WhenAll(waiting);
        await await Task.WhenAny(calls.AllHere, ended);
        var added = ProcessMemory.Settled() - before;
        await over.CancelAsync();
        await ended;
        return added;
    }
}
