using Mik.Components;
using Mik.Components.Linking;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Http;

/// <summary>
/// A component that answers HTTP requests, ready to run any number of times. Each run has an instance, a store and a memory of
/// its own. Immutable and thread-safe.
/// </summary>
public sealed class HttpHandler : IDisposable
{
    private static readonly HandlerContract[] Contracts = [new IncomingHandler(), new CoreHandler("mik:core/handler@0.1.0"), new CoreHandler("mik:core/handler@0.2.0")];

    private readonly Engine _engine;
    private readonly ComponentPre _component;
    private readonly HandlerContract _contract;

    private HttpHandler(Engine engine, ComponentPre component, HandlerContract contract)
    {
        _engine = engine;
        _component = component;
        _contract = contract;
    }

    /// <summary>What the handler is called in messages and backtraces.</summary>
    public string Name => _component.Component.Name;

    /// <summary>Compiles a component and checks everything that can be checked before it runs.</summary>
    /// <param name="engine">Compiles it.</param>
    /// <param name="linker">What it may import; see <see cref="WasiHost.CreateLinker"/>.</param>
    /// <param name="bytes">The component; must not change afterwards.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="metricName">What metrics call it; as <paramref name="name"/> by default.</param>
    /// <exception cref="ModuleFormatException">The bytes are not a component.</exception>
    /// <exception cref="ModuleValidationException">The component is invalid.</exception>
    /// <exception cref="LinkException">It imports what there is not, or does not answer HTTP requests.</exception>
    public static HttpHandler Load(Engine engine, ComponentLinker linker, ReadOnlyMemory<byte> bytes, string name, string? metricName = null)
    {
        var component = linker.Prepare(Component.Compile(engine, bytes, name), metricName);
        if (Array.Find(Contracts, contract => contract.IsMetBy(component)) is { } contract)
        {
            return new HttpHandler(engine, component, contract);
        }

        var exports = component.Component.Exports;
        throw new LinkException(
            $"'{name}' is not a handler: it exports {(exports.Count == 0 ? "nothing" : string.Join(", ", exports))}, " +
            $"and not {string.Join(" or ", Contracts.Select(static contract => contract.InterfaceName).Take(2))}");
    }

    /// <summary>
    /// Runs the handler for one request on the calling thread, which is blocked until the guest is done. Never throws for anything
    /// the guest does: <paramref name="run"/> tells everything.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="run">Is told when the response starts, and how the run ends.</param>
    /// <param name="context">What the guest is given; disposed when the guest is done. Its token interrupts the guest.</param>
    /// <param name="limits">What its memory may take.</param>
    public void Run(IncomingHttpRequest request, HandlerRun run, WasiContext context, StoreLimits limits)
    {
        var instance = _component.TryTakeIdle(limits, context);
        var store = instance?.Store ?? new Store(_engine, limits);
        HandlerOutcome outcome;
        store.BeginUse();
        try
        {
            // 1. From here on the token reaches the guest wherever it is: in its code, or waiting.
            using (context.Cancellation.UnsafeRegister(static store => ((Store)store!).Interrupt(), store))
            {
                // 2. Guest code may run here already, so that the same limits apply.
                instance ??= _component.Instantiate(store, context);

                // 3. The call. The response may start in the middle of it.
                _contract.Handle(instance, context, request, run);
            }

            outcome = run.Refusal is { } code
                ? new HandlerOutcome(HandlerResult.ErrorCode) { ErrorCode = code }
                : new HandlerOutcome(run.HasStarted ? HandlerResult.Answered : HandlerResult.NoResponse);
        }
        catch (GuestExitException exit)
        {
            outcome = new HandlerOutcome(run.HasStarted ? HandlerResult.Answered : HandlerResult.NoResponse) { ExitCode = exit.Code };
        }
        catch (TrapException trap)
        {
            context.HasFailed = true;
            outcome = new HandlerOutcome(HandlerResult.Trapped) { Trap = trap };
        }
        catch (Exception failure)
        {
            context.HasFailed = true;
            outcome = new HandlerOutcome(HandlerResult.HostFailure) { Failure = failure };
        }

        // 4. What the guest still holds goes away: bodies end, timers stop, requests on their way are called off.
        store.EndUse();
        if (store.MemoryLimitHit || store.OwnerRefusedMemory || store.IsStoppedForOwner)
        {
            outcome = outcome with
            {
                MemoryLimitHit = store.MemoryLimitHit,
                OwnerRefusedMemory = store.OwnerRefusedMemory,
                IsStoppedForOwner = store.IsStoppedForOwner,
            };
        }

        try
        {
            context.Dispose();
            if (instance is not null)
            {
                _component.Return(instance);
            }
            else
            {
                store.Dispose();
            }
        }
        catch (Exception failure)
        {
            outcome = outcome with { Result = HandlerResult.HostFailure, Failure = failure };
        }

        run.Complete(outcome);
    }

    /// <summary>Lets go of idle instances, now and later. Runs under way go on, and new ones can be started.</summary>
    public void Dispose() => _component.Dispose();
}
