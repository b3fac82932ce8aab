using System.Diagnostics;
using Mik.Scripting;
using Mik.Server.Access;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Endpoints;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Responses;
using Mik.Server.Routing;
using Mik.Server.Tracing;
using Mik.Server.StaticFiles;
using Mik.Server.Tenants;

namespace Mik.Server.Pipeline;

/// <summary>
/// What happens to a request, top to bottom: (1) route, (2) admit, (3) execute, (4) respond, (5) record. Handlers are admitted a second
/// time inside step 3, where scripts' calls arrive as well, and settle with their breaker as soon as their run has a verdict.
/// </summary>
internal sealed class RequestPipeline(
    AccessGate access,
    AdmissionGate admission,
    HandlerInvoker handlers,
    ScriptRunner scripts,
    TenantCatalog? tenants,
    FileResponder files,
    BuiltInEndpoints endpoints,
    ResponseWriter responses,
    RequestLimits limits,
    ServerMetrics metrics,
    AccessLog accessLog)
{
    /// <summary>Serves one request. Never throws.</summary>
    public async Task ServeAsync(Exchange exchange)
    {
        Fault? fault;
        try
        {
            fault = await TryServeAsync(exchange);
        }
        catch (OperationCanceledException) when (exchange.ClientGone.IsCancellationRequested)
        {
            fault = exchange.AbandonedBecause();
            exchange.Abort();
        }
        catch (Exception cause)
        {
            fault = new Fault(FaultKind.HostFailed, "The server failed to handle this request.") { Cause = cause };
            await TryReportAsync(exchange, fault);
        }
        finally
        {
            exchange.Close();
        }

        // 5. Record.
        Record(exchange, fault);
    }

    private async Task<Fault?> TryServeAsync(Exchange exchange)
    {
        // 1. Route: whoever may ask is told whether the path names a target or names nothing.
        if (RequestLimits.CheckHeaders(exchange) is { } unacceptable)
        {
            return await responses.WriteAsync(exchange, new FailedOutcome(unacceptable));
        }

        if (await access.AnswerAsync(exchange) is { } early)
        {
            return await responses.WriteAsync(exchange, early);
        }

        if (!Router.TryMatch(exchange.Method, exchange.Address, exchange.Catalog, tenants, out var target, out var unknown))
        {
            return await responses.WriteAsync(exchange, new FailedOutcome(unknown));
        }

        exchange.Target = target;
        if (target is EndpointTarget(var endpoint))
        {
            return await responses.WriteAsync(exchange, await endpoints.AnswerAsync(endpoint, exchange));
        }

        // 2. Admit: the server's state, its limit, the body's declared length. The place is given back when the exchange ends.
        using var permit = admission.Enter(target.Sharer, exchange.Http.Request.ContentLength);
        if (permit.Refusal is { } refusal)
        {
            return await responses.WriteAsync(exchange, new FailedOutcome(refusal));
        }

        // 3. Execute: until the answer begins, or until it is certain that none will.
        var outcome = target switch
        {
            HandlerTarget handler => await RunHandlerAsync(exchange, handler),
            ScriptTarget script => await RunScriptAsync(exchange, script),
            FileTarget file => files.Answer(exchange, file.Path),
            _ => throw new InvalidOperationException($"There is no way to run {target.GetType().Name}."),
        };

        // 4. Respond: a handler may still be writing its body, and reading the request's.
        return await RespondAsync(exchange, outcome);
    }

    private Task<Outcome> RunHandlerAsync(Exchange exchange, HandlerTarget target)
    {
        var request = exchange.ToHandlerRequest(target.PathAndQuery);
        return handlers.InvokeAsync(target.Handler, request, exchange.AbandonedBecause, exchange.Abandoned);
    }

    private async Task<Outcome> RunScriptAsync(Exchange exchange, ScriptTarget target)
    {
        try
        {
            var request = await exchange.ToScriptRequestAsync();
            exchange.Calls = new CallLog();
            var span = Spans.StartScript(exchange.Trace);
            var trace = span is null ? exchange.Trace : TraceContext.Of(span, exchange.Trace);
            IHandlerScope scope = target.Tenant is { } tenant ? new TenantScope(tenant, exchange.Catalog) : exchange.Catalog;
            var calls = new HandlerCallBridge(
                handlers, scope, exchange.RequestId, trace, exchange.CallDepth, limits.MaxBodyBytes, metrics, exchange.Calls, exchange.Time);
            var runner = target.Tenant is null ? scripts : target.Tenant.Scripts!;
            Outcome? outcome = null;
            try
            {
                return outcome = await runner.RunAsync(target.Name, request, calls, exchange.AbandonedBecause, exchange.Abandoned);
            }
            finally
            {
                RecordRun(exchange, target, request.Usage, span, outcome);
            }
        }
        catch (FaultException unreadable)
        {
            return new FailedOutcome(unreadable.Fault);
        }
    }

    private void RecordRun(Exchange exchange, ScriptTarget target, ScriptUsage? usage, Activity? span, Outcome? outcome)
    {
        Spans.EndScript(span, IsKnown(target) ? exchange.Script : null, outcome);
        if (usage is { IsWarm: not null })
        {
            metrics.ScriptRan(target.Tenant is null ? target.Name : MetricCatalog.TenantsName, usage);
        }
    }

    // What a path names exists, but for scripts: their files are looked at when they run.
    private bool IsKnown(Target? target) => target is not ScriptTarget(var name, var tenant) || (tenant is null ? scripts : tenant.Scripts)?.Knows(name) == true;

    private async Task<Fault?> RespondAsync(Exchange exchange, Outcome outcome)
    {
        if (outcome.Execution is not { } execution)
        {
            return await responses.WriteAsync(exchange, outcome);
        }

        Fault? fault = new Fault(FaultKind.HostFailed, "The response could not be sent.");
        try
        {
            return fault = await responses.WriteAsync(exchange, outcome);
        }
        finally
        {
            if (fault is not null)
            {
                execution.Stop(fault);
            }

            // The exchange lasts until the guest has left: it may still be reading the request, and its work counts as load.
            if (await execution.Completed is { } late && fault is null)
            {
                execution.ReportLate(late);
            }
        }
    }

    private async Task TryReportAsync(Exchange exchange, Fault fault)
    {
        try
        {
            await responses.WriteAsync(exchange, new FailedOutcome(fault));
        }
        catch (Exception)
        {
            // The fault that is being reported says more than the failure to report it.
            exchange.Abort();
        }
    }

    private void Record(Exchange exchange, Fault? fault)
    {
        var isKnown = IsKnown(exchange.Target);
        metrics.RequestEnded(exchange, isKnown, fault);
        Spans.EndRequest(exchange, isKnown, fault);
        accessLog.Write(exchange, isKnown, fault);
    }
}
