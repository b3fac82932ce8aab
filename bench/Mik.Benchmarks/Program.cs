using System.Globalization;
using Mik.Benchmarks;
using Mik.Benchmarks.Kernels;
using Mik.Benchmarks.Loading;
using Mik.Benchmarks.Memory;
using Mik.Benchmarks.Peers;
using Mik.Benchmarks.Requests;
using Mik.Benchmarks.Serving;

const string Usage = """
    Usage: Mik.Benchmarks <benchmark> [options]

      scripts   what a request costs: waiting and processor time, bytes allocated
      load      how long a script takes to load, the first of a process and later ones
      start     how long the program takes from its start to the first answer, without and with machine code in the cache
      memory    what a request occupies that waits for a handler (Linux)
      tenants   what thousands of tenants cost that are there, are called, and are let go (Linux)
      jint      the same scripts on mik's script engine and on Jint
      kernels   the programs of bench/kernels on mik's engine and on Node's V8, QuickJS among them
      micro     what the engine's steps cost: decode, validate, compile, instantiate, reset, call
      waiting   handlers that wait for slow servers: what each occupies, what they do to others (Linux)
      echo      a large body through a handler: what the server's memory grows by (Linux)
      soak      good and bad requests of every kind: what the server has before and after (Linux)
      throughput  requests a second to a trivial handler beside the bare web server (needs wrk)

      --seconds <n>    how long each row is measured in all, 0 to ask once per round (3; all but load and memory)
      --rounds <n>     turns it gets for that (7)
      --only <row>     the one row to measure, for a profiler (scripts, micro); kernels, comma between them (kernels)
      --requests <n>   requests in flight, at most 1000 (200; memory, waiting)
      --tenants <n>    tenants there are (10000; tenants)
      --called <n>     tenants that are called (1000; tenants)
      --mib <n>        size of the body (1024; echo)
    """;

switch (args)
{
    case [ColdLoads.ChildCommand, var script]:
        await ColdLoads.RunChildAsync(script);
        return 0;
    case [TenantScale.ChildCommand, var directory, var called]:
        await TenantScale.RunChildAsync(directory, int.Parse(called, CultureInfo.InvariantCulture));
        return 0;
    case [InFlightMemory.ChildCommand, var engine, var requests]:
        await InFlightMemory.RunChildAsync(engine, int.Parse(requests, CultureInfo.InvariantCulture));
        return 0;
    case [ServedProcess.ChildCommand, var directory]:
        await ServedProcess.RunChildAsync(directory);
        return 0;
}

Func<BenchmarkOptions, TextWriter, Task>? benchmark = args.FirstOrDefault() switch
{
    "scripts" => ScriptRequests.RunAsync,
    "load" => ColdLoads.RunAsync,
    "start" => ProcessStarts.RunAsync,
    "memory" => InFlightMemory.RunAsync,
    "tenants" => TenantScale.RunAsync,
    "jint" => JintComparison.RunAsync,
    "micro" => MicroBenchmarks.RunAsync,
    "kernels" => KernelComparison.RunAsync,
    "waiting" => WaitingHandlers.RunAsync,
    "echo" => LargeEcho.RunAsync,
    "soak" => Soak.RunAsync,
    "throughput" => Throughput.RunAsync,
    _ => null,
};
if (benchmark is null || BenchmarkOptions.Parse(args.AsSpan(1)) is not { } options)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

await benchmark(options, Console.Out);
return 0;
