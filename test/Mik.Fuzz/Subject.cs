using Mik.Components;
using Mik.Components.Linking;
using Mik.Wasi;
using Mik.Wasi.Http;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Fuzz;

/// <summary>
/// Takes a mutant as far as it goes: decoded, validated, compiled, linked, instantiated, run under limits. Whatever is thrown but the
/// documented exceptions comes out.
/// </summary>
internal sealed class Subject : IDisposable
{
    private const int MaxCalls = 8;

    // As a program in the field might be limited, only tighter.
    private static readonly StoreLimits Limits = new() { MaxMemoryBytes = 32 << 20, MaxTableElements = 10_000 };

    private readonly Engine[] _engines =
    [
        new(new EngineOptions { Unloadable = true }),
        new(new EngineOptions { Unloadable = true, MemoryBounds = MemoryBounds.ExplicitChecks }),
    ];

    private readonly ComponentLinker _linker = WasiHost.CreateLinker();
    private readonly Interrupter _interrupter = new();

    /// <summary>How far a mutant came.</summary>
    public FuzzStage Run(byte[] bytes, Random random)
    {
        var engine = _engines[random.Next(_engines.Length)];
        return Component.IsComponent(bytes) ? RunComponent(engine, bytes) : RunModule(engine, bytes, random);
    }

    public void Dispose() => _interrupter.Dispose();

    private FuzzStage RunModule(Engine engine, byte[] bytes, Random random)
    {
        Module module;
        try
        {
            module = engine.Compile(bytes, "mutant");
        }
        catch (ModuleException)
        {
            return FuzzStage.Refused;
        }

        using var store = new Store(engine, Limits);
        using var limit = _interrupter.Watch(store.Interrupt);
        var stage = FuzzStage.Compiled;
        try
        {
            var instance = module.Instantiate(store, [.. module.Imports.Select(i => Import(store, i.Type))]);
            stage = FuzzStage.Instantiated;
            foreach (var export in module.Exports.Take(MaxCalls))
            {
                if (instance.GetExport(export.Name) is Func function && function.Type.Parameters.All(static t => t.IsDefaultable()))
                {
                    stage = FuzzStage.Run;
                    Call(function, random);
                }
            }
        }
        catch (Exception expected) when (expected is LinkException or TrapException or WasmException or ResourceExhaustedException)
        {
            // Says nothing about the other exports, which is as well: an instance that trapped is not used again.
        }

        return stage;
    }

    private FuzzStage RunComponent(Engine engine, byte[] bytes)
    {
        ComponentPre? component = null;
        try
        {
            var handler = HttpHandler.Load(engine, _linker, bytes, "mutant");
            return RunHandler(handler);
        }
        catch (LinkException)
        {
            // Not a handler, or in need of what there is not; it may still be instantiated.
        }
        catch (ModuleException)
        {
            return FuzzStage.Refused;
        }

        try
        {
            component = _linker.Prepare(Component.Compile(engine, bytes, "mutant"));
            using var store = new Store(engine, Limits);
            using var context = new WasiContext();
            using var limit = _interrupter.Watch(store.Interrupt);
            using var instance = component.Instantiate(store, context);
            return FuzzStage.Instantiated;
        }
        catch (Exception expected) when (expected is ModuleException or TrapException or ResourceExhaustedException or GuestExitException)
        {
            return FuzzStage.Compiled;
        }
    }

    private FuzzStage RunHandler(HttpHandler handler)
    {
        using var cancellation = new CancellationTokenSource();
        using var limit = _interrupter.Watch(cancellation.Cancel);
        var run = new HandlerRun();
        var reading = DrainAsync(run, cancellation.Token);
        handler.Run(
            new IncomingHttpRequest { Method = "POST", PathWithQuery = "/a?b=c", Authority = "localhost", Headers = [new("x-a", "1")], Body = new MemoryStream("{}"u8.ToArray()) },
            run,
            new WasiContext { Cancellation = cancellation.Token },
            Limits);
        reading.Wait();
        var outcome = run.Completed.Result;
        return outcome.Result == HandlerResult.HostFailure ? throw outcome.Failure! : FuzzStage.Run;
    }

    private static async Task DrainAsync(HandlerRun run, CancellationToken cancellation)
    {
        var response = await run.ResponseStarted.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (response is not null)
            {
                await response.Body.CopyToAsync(Stream.Null, cancellation);
            }
        }
        catch (Exception expected) when (expected is BodyAbortedException or OperationCanceledException)
        {
            // The guest did not finish it.
        }
    }

    private static void Call(Func function, Random random)
    {
        var arguments = new ulong[function.Type.Parameters.Sum(static t => t.Slots())];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = random.Next(4) switch
            {
                0 => 0,
                1 => (ulong)random.Next(256),
                2 => (ulong)random.Next(1 << 30),
                _ => (ulong)random.NextInt64(),
            };
        }

        // References are addresses: guests cannot make them up, and neither may we.
        var slot = 0;
        foreach (var type in function.Type.Parameters)
        {
            if (type.IsReference())
            {
                arguments[slot] = 0;
            }

            slot += type.Slots();
        }

        function.Invoke(arguments, new ulong[function.Type.Results.Sum(static t => t.Slots())]);
    }

    private static Extern Import(Store store, ExternType type) => type switch
    {
        FuncExternType { Type: var function } when !function.Results.All(static t => t.IsDefaultable()) => throw new LinkException("there is no such function to make a reference to"),
        FuncExternType { Type: var function } => Func.FromHost(store, function, static (_, results) => results.Clear()),
        TableType table => Table.Create(store, table),
        MemoryType memory => Memory.Create(store, memory),
        GlobalType { ValueType: var value } when !value.IsDefaultable() => throw new LinkException("there is no such function to make a reference to"),
        TagType tag => Tag.Create(store, tag.Type),
        GlobalType global => Global.Create(store, global, 0),
        _ => throw new InvalidOperationException($"imports of {type} are new"),
    };
}
