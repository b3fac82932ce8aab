using System.Text;
using Microsoft.AspNetCore.Http;
using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Server.Responses;
using Xunit;

namespace Mik.Server.Tests.Responses;

public sealed class ProblemWriterTests
{
    /// <summary>The contract with clients: type and status of every fault that can reach one.</summary>
    public static TheoryData<string, int, string, string> Kinds => new()
    {
        { "RouteUnknown", 404, "route-unknown", "No such route" },
        { "HandlerUnknown", 404, "handler-unknown", "No such handler" },
        { "ScriptUnknown", 404, "script-unknown", "No such script" },
        { "FileUnknown", 404, "file-unknown", "No such file" },
        { "FilePathInvalid", 400, "file-path-invalid", "Path of no file" },
        { "RequestMalformed", 400, "request-malformed", "Malformed request" },
        { "BodyNotJson", 400, "body-not-json", "Request body is not JSON" },
        { "CredentialsRequired", 401, "credentials-required", "Credentials required" },
        { "MethodNotAllowed", 405, "method-not-allowed", "Method not allowed" },
        { "PreconditionFailed", 412, "precondition-failed", "Precondition failed" },
        { "RangeNotSatisfiable", 416, "range-not-satisfiable", "Range not satisfiable" },
        { "BodyTooSlow", 408, "body-too-slow", "Request body arrived too slowly" },
        { "BodyTooLarge", 413, "body-too-large", "Request body too large" },
        { "PathTooLong", 414, "path-too-long", "Path too long" },
        { "HeadersTooLarge", 431, "headers-too-large", "Request headers too large" },
        { "HandlerSaturated", 429, "handler-saturated", "Handler at capacity" },
        { "CircuitOpen", 503, "circuit-open", "Handler suspended" },
        { "ServerSaturated", 503, "server-saturated", "Server at capacity" },
        { "Draining", 503, "draining", "Server shutting down" },
        { "FileUnreadable", 500, "file-unreadable", "File cannot be read" },
        { "HandlerUnloadable", 500, "handler-unloadable", "Handler cannot be loaded" },
        { "HandlerTrapped", 500, "handler-trapped", "Handler failed" },
        { "HandlerTimedOut", 504, "handler-timed-out", "Handler timed out" },
        { "HandlerOutOfMemory", 507, "handler-out-of-memory", "Handler ran out of memory" },
        { "HandlerNoResponse", 502, "handler-no-response", "Handler gave no response" },
        { "HandlerResponseInvalid", 502, "handler-response-invalid", "Handler gave an invalid response" },
        { "ScriptSaturated", 429, "script-saturated", "Script at capacity" },
        { "ScriptCircuitOpen", 503, "script-circuit-open", "Script suspended" },
        { "ScriptUnloadable", 500, "script-unloadable", "Script cannot be loaded" },
        { "ScriptThrew", 500, "script-threw", "Script failed" },
        { "ScriptTimedOut", 504, "script-timed-out", "Script timed out" },
        { "ScriptCpuExceeded", 504, "script-cpu-exceeded", "Script used up its CPU time" },
        { "ScriptOutOfMemory", 500, "script-out-of-memory", "Script ran out of memory" },
        { "ScriptStackExhausted", 500, "script-stack-exhausted", "Script recursed too deeply" },
        { "ScriptCallLimit", 500, "script-call-limit", "Script made too many calls" },
        { "ScriptCallDepth", 500, "script-call-depth", "Scripts called each other too deeply" },
        { "ScriptCallTooLarge", 500, "script-call-too-large", "Script's call is too large" },
        { "ScriptAnswerTooLarge", 500, "script-answer-too-large", "Script's answer is too large" },
        { "ScriptAnswerInvalid", 500, "script-answer-invalid", "Script gave an invalid answer" },
        { "CallModuleNotFound", 502, "call-module-not-found", "Script called an unknown handler" },
        { "CallCircuitOpen", 503, "call-circuit-open", "Script called a suspended handler" },
        { "CallRateLimited", 429, "call-rate-limited", "Script called a handler at capacity" },
        { "CallTimedOut", 504, "call-timed-out", "Script's call timed out" },
        { "CallHandlerError", 502, "call-handler-error", "Script called a handler that failed" },
        { "TenantSaturated", 429, "tenant-saturated", "Tenant at capacity" },
        { "TenantCpuExceeded", 429, "tenant-cpu-exceeded", "Tenant used up its CPU time" },
        { "TenantOutOfMemory", 429, "tenant-out-of-memory", "Tenant used up its memory" },
        { "HostFailed", 500, "host-failed", "Internal error" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_fault_is_a_problem_document(string kind, int status, string slug, string title)
    {
        var exchange = Exchange();

        await new ProblemWriter(development: false).WriteAsync(exchange, new Fault(Enum.Parse<FaultKind>(kind), "Words \"for\" the caller."));

        var response = exchange.Http.Response;
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.ContentType);
        Assert.Equal("no-store", response.Headers.CacheControl);
        Assert.Equal("r-1", response.Headers["X-Request-ID"]);
        Assert.Equal(exchange.Trace.TraceParent, response.Headers.TraceParent);
        Assert.Equal(
            $$"""{"type":"urn:mik:error:{{slug}}","title":"{{title}}","status":{{status}},"detail":"Words \"for\" the caller.","instance":"r-1"}""",
            BodyOf(exchange));
    }

    [Fact]
    public void Every_kind_that_can_reach_a_client_is_in_the_contract() => Assert.Equal(
        Enum.GetNames<FaultKind>().Except([nameof(FaultKind.ClientGone)]), Kinds.Select(row => row.Data.Item1));

    [Theory]
    [InlineData(0, "1")]
    [InlineData(900, "1")]
    [InlineData(1001, "2")]
    [InlineData(30_000, "30")]
    public async Task Retry_after_is_in_whole_seconds_and_never_too_early(int milliseconds, string header)
    {
        var exchange = Exchange();

        await new ProblemWriter(development: false).WriteAsync(
            exchange, new Fault(FaultKind.CircuitOpen, "") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) });

        Assert.Equal(header, exchange.Http.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Headers_of_the_abandoned_answer_are_gone()
    {
        var exchange = Exchange();
        exchange.Http.Response.Headers["x-of-the-guest"] = "1";
        exchange.Http.Response.ContentLength = 999;

        await new ProblemWriter(development: false).WriteAsync(exchange, new Fault(FaultKind.HandlerTrapped, ""));

        Assert.False(exchange.Http.Response.Headers.ContainsKey("x-of-the-guest"));
        Assert.Equal(BodyOf(exchange).Length, exchange.Http.Response.ContentLength);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Diagnoses_are_for_developers_only(bool development)
    {
        var exchange = Exchange();

        await new ProblemWriter(development).WriteAsync(
            exchange, new Fault(FaultKind.ScriptThrew, "The script ended with an error.") { Diagnosis = "checkout.ts:3:7: boom" });

        Assert.Equal(development, BodyOf(exchange).Contains("checkout.ts:3:7: boom", StringComparison.Ordinal));
    }

    private static Exchange Exchange()
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "GET";
        http.Request.Headers["X-Request-ID"] = "r-1";
        http.Response.Body = new MemoryStream();
        return new Exchange(http, new HandlerCatalog([]), TimeProvider.System, maxBodyBytes: 1000);
    }

    private static string BodyOf(Exchange exchange) => Encoding.UTF8.GetString(((MemoryStream)exchange.Http.Response.Body).ToArray());
}
