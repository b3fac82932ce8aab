using Mik.Scripting;

namespace Mik.Benchmarks.Requests;

/// <summary>Answers every call at once with the same answer: what is left is the script's side of it.</summary>
internal sealed class ImmediateCalls : IHandlerCalls
{
    private static readonly Task<HandlerAnswer> Answer = Task.FromResult(
        new HandlerAnswer(200, [new ScriptHeader("content-type", "text/plain")], "hello\n"u8.ToArray()));

    public Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation) => Answer;
}
