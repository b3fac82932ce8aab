using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Execution;

/// <summary>Runs scripts on guest threads, and puts a name to whatever goes wrong.</summary>
internal sealed class ScriptRunner(GuestThreads threads, ScriptCatalog scripts, IScriptConsole console, ScriptLimits limits)
{
    /// <summary>Lets runs in; all are let in when there is none.</summary>
    public ScriptAdmission? Admission { get; init; }

    /// <summary>What a configuration allows one run.</summary>
    public static ScriptLimits LimitsOf(ServerConfig config) => new()
    {
        CpuTime = TimeSpan.FromMilliseconds(config.ScriptCpuMs),
        WallTime = TimeSpan.FromSeconds(config.ScriptTimeoutSecs),
        MemoryBytes = (long)config.ScriptMemoryMb << 20,
        MaxCalls = config.ScriptMaxCalls,
    };

    /// <summary>Whether there is a script of that name, as far as that is known without looking.</summary>
    public bool Knows(string name) => scripts.Knows(name);

    /// <summary>Runs a script to its answer.</summary>
    /// <param name="name">Which script.</param>
    /// <param name="request">What it answers.</param>
    /// <param name="calls">What its calls reach.</param>
    /// <param name="reason">Why nobody waits any more, once <paramref name="abandoned"/> has fired.</param>
    /// <param name="abandoned">Fires when nobody waits for the answer any more.</param>
    public Task<Outcome> RunAsync(
        string name, ScriptRequest request, IHandlerCalls calls, AbandonReason reason, CancellationToken abandoned)
    {
        var run = new Run(this, name, request, calls, reason, abandoned);
        threads.Start(static run => ((Run)run!).Execute(), run);
        return run.Outcome;
    }

    private async Task<Outcome> AnswerAsync(
        string name, ScriptRequest request, IHandlerCalls calls, AbandonReason reason, CancellationToken abandoned)
    {
        if (Admission is null)
        {
            return await AnswerAdmittedAsync(name, request, calls, reason, abandoned);
        }

        // Before it is loaded, which is work as well.
        if (!scripts.Has(name))
        {
            return new FailedOutcome(Unknown());
        }

        if (Admission.TryEnter(name, out var refusal) is not { } permit)
        {
            return new FailedOutcome(refusal!);
        }

        Fault? fault = new Fault(FaultKind.HostFailed, "The script could not be run.");
        try
        {
            var outcome = await AnswerAdmittedAsync(name, request, calls, reason, abandoned);
            fault = (outcome as FailedOutcome)?.Fault;
            return outcome;
        }
        finally
        {
            permit.Settle(fault);
            permit.Leave(fault);
        }
    }

    private static Fault Unknown() => new(FaultKind.ScriptUnknown, "There is no script of that name.");

    private async Task<Outcome> AnswerAdmittedAsync(
        string name, ScriptRequest request, IHandlerCalls calls, AbandonReason reason, CancellationToken abandoned)
    {
        try
        {
            switch (scripts.Find(name))
            {
                case null or { Failure.Failure: ScriptFailure.NotFound }:
                    // A link of that name may lead somewhere; where to is nobody's business.
                    return new FailedOutcome(Unknown());
                case { Program: { } program }:
                    var answer = await program.RunAsync(request, calls, console, limits, abandoned);
                    return new CompleteOutcome(answer.Status, FieldsOf(answer.Headers), answer.Body);
                case var broken:
                    return new FailedOutcome(new Fault(FaultKind.ScriptUnloadable, "The script cannot be loaded.")
                    {
                        Diagnosis = broken.Failure is { } failure ? ScriptFaults.Describe(failure) : null,
                    });
            }
        }
        catch (ScriptException failure)
        {
            return new FailedOutcome(ScriptFaults.Of(failure));
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            return new FailedOutcome(reason());
        }
    }

    private static HttpField[] FieldsOf(IReadOnlyList<ScriptHeader> headers)
    {
        var fields = new HttpField[headers.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new HttpField(headers[i].Name, headers[i].Value);
        }

        return fields;
    }

    private sealed class Run(
        ScriptRunner runner, string name, ScriptRequest request, IHandlerCalls calls, AbandonReason reason, CancellationToken abandoned)
    {
        // What waits for the outcome goes on where the script ended: that thread has nothing better to do.
        private readonly TaskCompletionSource<Outcome> _outcome = new();

        public Task<Outcome> Outcome => _outcome.Task;

        public async void Execute()
        {
            try
            {
                _outcome.SetResult(await runner.AnswerAsync(name, request, calls, reason, abandoned));
            }
            catch (Exception failure)
            {
                _outcome.SetException(failure);
            }
        }
    }
}
