using Microsoft.AspNetCore.Http;
using Mik.Server.Catalog;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Faults;

/// <summary>How one kind of fault reaches the client, the log, the metrics and the breaker.</summary>
/// <param name="Slug">Last part of the problem's type, the word for it in the log and its tag in metrics; stable, clients match on it.</param>
/// <param name="Title">The problem's title; the same for every occurrence.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Blame">Who has to act.</param>
/// <param name="Level">How loudly it is logged.</param>
internal readonly record struct FaultRule(string Slug, string Title, int Status, Blame Blame, LogLevel Level)
{
    /// <summary>Whether the breaker hears of it.</summary>
    public bool CountsAgainstHandler => Blame == Blame.Handler;

    /// <summary>Whether the breaker of a handler or script hears of it.</summary>
    public bool CountsAgainst(HandlerState state) => Blame == (state.IsScript ? Blame.Script : Blame.Handler);
}

/// <summary>The only place that turns a fault into a status code.</summary>
internal static class FaultCatalog
{
    // The de-facto code of proxies for a client that left; it only ever reaches logs.
    private const int ClientClosedRequest = 499;

    public static FaultRule RuleOf(FaultKind kind) => kind switch
    {
        FaultKind.RouteUnknown => new("route-unknown", "No such route", StatusCodes.Status404NotFound, Blame.Client, LogLevel.Debug),
        FaultKind.HandlerUnknown => new("handler-unknown", "No such handler", StatusCodes.Status404NotFound, Blame.Client, LogLevel.Debug),
        FaultKind.ScriptUnknown => new("script-unknown", "No such script", StatusCodes.Status404NotFound, Blame.Client, LogLevel.Debug),
        FaultKind.FileUnknown => new("file-unknown", "No such file", StatusCodes.Status404NotFound, Blame.Client, LogLevel.Debug),
        FaultKind.FilePathInvalid => new("file-path-invalid", "Path of no file", StatusCodes.Status400BadRequest, Blame.Client, LogLevel.Debug),
        FaultKind.RequestMalformed => new("request-malformed", "Malformed request", StatusCodes.Status400BadRequest, Blame.Client, LogLevel.Debug),
        FaultKind.BodyNotJson => new("body-not-json", "Request body is not JSON", StatusCodes.Status400BadRequest, Blame.Client, LogLevel.Debug),
        FaultKind.CredentialsRequired => new("credentials-required", "Credentials required", StatusCodes.Status401Unauthorized, Blame.Client, LogLevel.Information),
        FaultKind.MethodNotAllowed => new("method-not-allowed", "Method not allowed", StatusCodes.Status405MethodNotAllowed, Blame.Client, LogLevel.Debug),
        FaultKind.PreconditionFailed => new("precondition-failed", "Precondition failed", StatusCodes.Status412PreconditionFailed, Blame.Client, LogLevel.Debug),
        FaultKind.RangeNotSatisfiable => new("range-not-satisfiable", "Range not satisfiable", StatusCodes.Status416RangeNotSatisfiable, Blame.Client, LogLevel.Debug),
        FaultKind.BodyTooSlow => new("body-too-slow", "Request body arrived too slowly", StatusCodes.Status408RequestTimeout, Blame.Client, LogLevel.Debug),
        FaultKind.BodyTooLarge => new("body-too-large", "Request body too large", StatusCodes.Status413PayloadTooLarge, Blame.Client, LogLevel.Debug),
        FaultKind.PathTooLong => new("path-too-long", "Path too long", StatusCodes.Status414UriTooLong, Blame.Client, LogLevel.Debug),
        FaultKind.HeadersTooLarge => new("headers-too-large", "Request headers too large", StatusCodes.Status431RequestHeaderFieldsTooLarge, Blame.Client, LogLevel.Debug),
        FaultKind.ClientGone => new("client-gone", "Client went away", ClientClosedRequest, Blame.Client, LogLevel.Debug),

        FaultKind.HandlerSaturated => new("handler-saturated", "Handler at capacity", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),
        FaultKind.CircuitOpen => new("circuit-open", "Handler suspended", StatusCodes.Status503ServiceUnavailable, Blame.Capacity, LogLevel.Warning),
        FaultKind.ServerSaturated => new("server-saturated", "Server at capacity", StatusCodes.Status503ServiceUnavailable, Blame.Capacity, LogLevel.Warning),
        FaultKind.Draining => new("draining", "Server shutting down", StatusCodes.Status503ServiceUnavailable, Blame.Capacity, LogLevel.Debug),

        FaultKind.FileUnreadable => new("file-unreadable", "File cannot be read", StatusCodes.Status500InternalServerError, Blame.Deployment, LogLevel.Warning),

        FaultKind.HandlerUnloadable => new("handler-unloadable", "Handler cannot be loaded", StatusCodes.Status500InternalServerError, Blame.Deployment, LogLevel.Warning),
        FaultKind.HandlerTrapped => new("handler-trapped", "Handler failed", StatusCodes.Status500InternalServerError, Blame.Handler, LogLevel.Warning),
        FaultKind.HandlerTimedOut => new("handler-timed-out", "Handler timed out", StatusCodes.Status504GatewayTimeout, Blame.Handler, LogLevel.Warning),
        FaultKind.HandlerOutOfMemory => new("handler-out-of-memory", "Handler ran out of memory", StatusCodes.Status507InsufficientStorage, Blame.Handler, LogLevel.Warning),
        FaultKind.HandlerNoResponse => new("handler-no-response", "Handler gave no response", StatusCodes.Status502BadGateway, Blame.Handler, LogLevel.Warning),
        FaultKind.HandlerResponseInvalid => new("handler-response-invalid", "Handler gave an invalid response", StatusCodes.Status502BadGateway, Blame.Handler, LogLevel.Warning),

        FaultKind.ScriptSaturated => new("script-saturated", "Script at capacity", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),
        FaultKind.ScriptCircuitOpen => new("script-circuit-open", "Script suspended", StatusCodes.Status503ServiceUnavailable, Blame.Capacity, LogLevel.Warning),
        FaultKind.ScriptUnloadable => new("script-unloadable", "Script cannot be loaded", StatusCodes.Status500InternalServerError, Blame.Deployment, LogLevel.Warning),
        FaultKind.ScriptThrew => new("script-threw", "Script failed", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptTimedOut => new("script-timed-out", "Script timed out", StatusCodes.Status504GatewayTimeout, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptCpuExceeded => new("script-cpu-exceeded", "Script used up its CPU time", StatusCodes.Status504GatewayTimeout, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptOutOfMemory => new("script-out-of-memory", "Script ran out of memory", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptStackExhausted => new("script-stack-exhausted", "Script recursed too deeply", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptCallLimit => new("script-call-limit", "Script made too many calls", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptCallDepth => new("script-call-depth", "Scripts called each other too deeply", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptCallTooLarge => new("script-call-too-large", "Script's call is too large", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptAnswerTooLarge => new("script-answer-too-large", "Script's answer is too large", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),
        FaultKind.ScriptAnswerInvalid => new("script-answer-invalid", "Script gave an invalid answer", StatusCodes.Status500InternalServerError, Blame.Script, LogLevel.Warning),

        FaultKind.CallModuleNotFound => new("call-module-not-found", "Script called an unknown handler", StatusCodes.Status502BadGateway, Blame.Script, LogLevel.Warning),
        FaultKind.CallCircuitOpen => new("call-circuit-open", "Script called a suspended handler", StatusCodes.Status503ServiceUnavailable, Blame.Capacity, LogLevel.Warning),
        FaultKind.CallRateLimited => new("call-rate-limited", "Script called a handler at capacity", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),
        FaultKind.CallTimedOut => new("call-timed-out", "Script's call timed out", StatusCodes.Status504GatewayTimeout, Blame.Script, LogLevel.Warning),
        FaultKind.CallHandlerError => new("call-handler-error", "Script called a handler that failed", StatusCodes.Status502BadGateway, Blame.Script, LogLevel.Warning),

        FaultKind.TenantSaturated => new("tenant-saturated", "Tenant at capacity", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),
        FaultKind.TenantCpuExceeded => new("tenant-cpu-exceeded", "Tenant used up its CPU time", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),
        FaultKind.TenantOutOfMemory => new("tenant-out-of-memory", "Tenant used up its memory", StatusCodes.Status429TooManyRequests, Blame.Capacity, LogLevel.Warning),

        FaultKind.HostFailed => new("host-failed", "Internal error", StatusCodes.Status500InternalServerError, Blame.Host, LogLevel.Error),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
