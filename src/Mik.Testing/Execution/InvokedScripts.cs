using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Mik.Scripting;
using Mik.Scripting.Bodies;
using Mik.Scripting.Execution;
using Mik.Server.Hosting;

namespace Mik.Testing.Execution;

/// <summary>
/// The scripts that a test file invokes: they run where a client's request would run them, on threads of their own, and what they call
/// is answered by the test. Only the test's thread starts invocations and answers calls.
/// </summary>
internal sealed class InvokedScripts(TestFileRun run, OfflineServer server)
{
    private readonly TestFileRun _run = run;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<HandlerAnswer>> _calls = new();
    private int _invocations;
    private int _lastCall;

    /// <summary>The scripts invoked so far.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Lets a script answer a request.</summary>
    /// <returns>The invocation's id, or what is wrong with the request.</returns>
    public (int Id, string? Problem) Start(byte[] json, byte[]? body)
    {
        if (TryRead(json) is not { } request)
        {
            return (0, "the request cannot be described as JSON");
        }

        var pairs = request.Headers.Select(static pair => new ScriptHeader(pair[0], pair[1]));
        if (HeaderRules.TryTake([.. pairs], body is null ? "" : request.ContentType, out var headers) is { } problem)
        {
            return (0, problem);
        }

        Names.Add(request.Script);
        var id = ++_invocations;
        var (path, query) = Split(request.Path, request.Query);
        var asked = new ScriptRequest
        {
            Method = request.Method,
            Path = path,
            Query = query,
            Headers = headers,
            Body = body ?? [],
            RequestId = string.Create(CultureInfo.InvariantCulture, $"test-{id}"),
        };
        IHandlerCalls calls = request.HasHost ? new MockedCalls(this, id) : server.Handlers;
        _run.Expect();
        _ = Task.Run(() => AnswerAsync(id, request.Script, asked, calls));
        return (id, null);
    }

    /// <summary>The test's host has answered a call.</summary>
    public void AnswerCall(int call, byte[] json, byte[]? body)
    {
        if (!_calls.TryRemove(call, out var waiting))
        {
            return;
        }

        switch (Read(json, TestEventJson.Default.MockAnswer))
        {
            case { Code: { } code } failure when Envelopes.CodeOf(code) is { } known:
                var retryAfter = failure.RetryAfter is { } seconds and >= 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
                waiting.SetException(new HandlerCallException(known, "", failure.Message ?? code, retryAfter));
                break;
            case { IsBroken: false, Headers: { } pairs } answer
                when HeaderRules.TryTake([.. pairs.Select(static p => new ScriptHeader(p[0], p[1]))], body is null ? "" : answer.ContentType ?? "", out var headers) is null:
                waiting.SetResult(new HandlerAnswer(answer.Status, headers, body ?? []));
                break;
            default:
                // The test has been told already; the script ends with the run's fault, not with a failed call it could handle.
                waiting.SetException(new InvalidOperationException("The test's host could not answer."));
                break;
        }
    }

    private static (string Path, string Query) Split(string path, string query)
    {
        var mark = path.IndexOf('?', StringComparison.Ordinal);
        var inPath = mark < 0 ? "" : path[(mark + 1)..];
        return (mark < 0 ? path : path[..mark], string.Join('&', new[] { inPath, query }.Where(static q => q.Length > 0)));
    }

    private static InvocationRequest? TryRead(byte[] json) =>
        Read(json, TestEventJson.Default.InvocationRequest) is { Script: not null, Headers: not null } request
        && request.Headers.All(static pair => pair is [not null, not null])
            ? request
            : null;

    private static T? Read<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task AnswerAsync(int id, string script, ScriptRequest request, IHandlerCalls calls)
    {
        try
        {
            var answer = await server.AnswerAsync(script, request, calls, _run.Console, _run.Over);
            var body = IncomingBody.OfAnswer(answer.Headers, answer.Body);
            _run.Post(vm => vm.SettleInvocation(Envelopes.OfAnswer(id, new HandlerAnswer(answer.Status, answer.Headers, answer.Body), body), body));
        }
        catch (OperationCanceledException) when (_run.Over.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (Exception fault)
        {
            // Not the script's doing: told to the test, which may know already.
            var outcome = $$"""[{{id}},{"problem":{{JsonSerializer.Serialize(fault.Message, TestEventJson.Default.String)}}}]""";
            _run.Post(vm => vm.SettleInvocation(Encoding.UTF8.GetBytes(outcome), default));
        }
    }

    // Answered by the test's host.
    private sealed class MockedCalls(InvokedScripts scripts, int invocation) : IHandlerCalls
    {
        public async Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
        {
            var run = scripts._run;
            var id = Interlocked.Increment(ref scripts._lastCall);
            var waiting = new TaskCompletionSource<HandlerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            scripts._calls[id] = waiting;
            var received = IncomingBody.OfAnswer(call.Headers, call.Body);
            var description = MockedCall.Describe(call, received);
            run.Expect();
            run.Post(vm => vm.AnswerCall(invocation, id, description, received));
            try
            {
                return await waiting.Task.WaitAsync(cancellation);
            }
            finally
            {
                scripts._calls.TryRemove(id, out _);
            }
        }
    }
}
