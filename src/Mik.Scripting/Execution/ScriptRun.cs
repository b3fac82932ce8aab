using System.Runtime.ExceptionServices;
using Mik.Scripting.Bodies;

namespace Mik.Scripting.Execution;

/// <summary>
/// One request's way through a script: starts it, lets it run until it waits, wakes it when a call is answered or a timer is due, and
/// ends with its answer. The virtual machine is entered by one thread at a time, and between entries nothing of it is on any stack.
/// </summary>
internal sealed class ScriptRun : IVmRun, IDisposable
{
    private readonly ScriptVm _vm;
    private readonly ScriptRequest _request;
    private readonly IHandlerCalls _handlers;
    private readonly ScriptConsole _console;
    private readonly ScriptLimits _limits;
    private readonly TimeProvider _time;
    private readonly CancellationToken _clientGone;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationToken _isOver;
    private readonly RunClock _clock;
    private readonly ITimer _wallTimer;
    private readonly long _started;

    private readonly IScriptThreads _threads;
    private readonly ScriptEvents<SettledCall> _events;

    private ITimer? _wakeTimer;
    private int _callsMade;
    private int _callsPending;
    private double _wakeAt = -1;
    private ScriptAnswer? _answer;
    private ScriptException? _failure;

    public ScriptRun(
        ScriptVm vm,
        string scriptName,
        ScriptRequest request,
        IHandlerCalls handlers,
        IScriptConsole console,
        ScriptLimits limits,
        TimeProvider time,
        CpuClock cpu,
        IScriptThreads threads,
        CancellationToken clientGone)
    {
        _vm = vm;
        _request = request;
        _handlers = handlers;
        _console = new ScriptConsole(console, scriptName, request.RequestId, limits);
        _limits = limits;
        _time = time;
        _threads = threads;
        _events = new ScriptEvents<SettledCall>(threads);
        _clientGone = clientGone;
        _started = time.GetTimestamp();
        _clock = new RunClock(vm.Store, time, cpu, limits.CpuTime);
        _isOver = _over.Token;
        _wallTimer = time.CreateTimer(static run => ((ScriptRun)run!).WallTimeIsUp(), this, limits.WallTime, Timeout.InfiniteTimeSpan);
    }

    public long MaxMemoryBytes => _vm.HeapTop + _limits.MemoryBytes;

    public double Milliseconds => _time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Whether the virtual machine was left in good order, however the run ended.</summary>
    public bool IsIntact { get; private set; } = true;

    private bool IsOver => _answer is not null || _failure is not null;

    /// <summary>Runs the script to its answer.</summary>
    public async Task<ScriptAnswer> ExecuteAsync()
    {
        // 1. The script runs until it answers or waits.
        var body = _vm.IsOlderDialect
            ? IncomingBody.OfJsonRequest(_request.Body)
            : IncomingBody.OfRequest(_request.Headers, _request.Body);
        using var leaving = _clientGone.UnsafeRegister(static run => ((ScriptRun)run!).ClientHasGone(), this);
        Enter(vm => vm.Start(Envelopes.OfRequest(_request, body), body));

        // 2. Whatever it waits for wakes it.
        while (!IsOver)
        {
            if (_wakeAt >= 0 && _wakeAt <= Milliseconds)
            {
                Enter(static vm => vm.Fire());
                continue;
            }

            if (!_events.TryTake(out var call))
            {
                PrepareToWait();
                await _events;
                ThrowIfStopped();
                continue;
            }

            Enter(vm => SettleAll(vm, call));
        }

        // 3. It answered, or failed in a way it could report.
        return _answer ?? throw _failure!;
    }

    public void Answer(int status, byte[] headersJson, string contentType, byte[] body)
    {
        if (IsOver)
        {
            return;
        }

        if (body.Length > _limits.MaxAnswerBytes)
        {
            _failure = new ScriptException(
                ScriptFailure.AnswerTooLarge, $"The answer has {body.Length} bytes; the limit is {_limits.MaxAnswerBytes}.");
        }
        else if (Envelopes.TryReadHeaders(headersJson, contentType, out var headers) is { } problem)
        {
            _failure = new ScriptException(ScriptFailure.Threw, $"The answer cannot be sent: {problem}.");
        }
        else if (status is < 200 or > 599)
        {
            _failure = new ScriptException(ScriptFailure.Threw, $"The answer cannot be sent: {status} is not a status.");
        }
        else
        {
            _answer = new ScriptAnswer(status, headers, body);
        }
    }

    public void Fail(byte[] report)
    {
        if (!IsOver)
        {
            _failure = ScriptFailures.OfReport(Envelopes.ReadReport(report), _vm);
        }
    }

    public string? StartCall(int id, RequestedCall call)
    {
        var problem = TryAdmit(call, out var wanted);
        if (problem is null)
        {
            _callsPending++;
            _ = CallAsync(id, wanted!);
        }

        return problem;
    }

    public byte[] CallAndWait(RequestedCall call)
    {
        if (TryAdmit(call, out var wanted) is { } problem)
        {
            return OlderDialect.OfUnsendable(problem);
        }

        // The script's clock stands still while its thread waits; and nothing may interrupt a machine that does not run.
        _clock.Leave();
        var outcome = OlderCallAsync(wanted!);
        WaitFor(outcome);
        return _clock.Enter() ? outcome.GetAwaiter().GetResult() : throw ScriptFailures.OfStop(_clock.Reason);
    }

    public void Log(int level, string message) => _console.Write(level, message);

    public void WakeAt(double milliseconds) => _wakeAt = milliseconds;

    public void Dispose()
    {
        // Calls still running are of no use to anybody.
        _over.Cancel();
        if (_request.Usage is { } usage)
        {
            usage.CpuTime = _clock.TotalUsed;
        }

        _wallTimer.Dispose();
        _wakeTimer?.Dispose();
        _clock.Dispose();
        _over.Dispose();
        _console.ReportDropped();
    }

    private void Enter(Action<ScriptVm> step)
    {
        if (!_clock.Enter())
        {
            throw ScriptFailures.OfStop(_clock.Reason);
        }

        IsIntact = false;
        try
        {
            step(_vm);
            while (!IsOver && _vm.RunJobs())
            {
            }

            IsIntact = true;
        }
        catch (Exception problem) when (ScriptFailures.Knows(problem))
        {
            throw ScriptFailures.Of(problem, _vm, () => _clock.Reason);
        }
        finally
        {
            _clock.Leave();
        }
    }

    private void PrepareToWait()
    {
        if (_callsPending == 0 && _wakeAt < 0)
        {
            throw new ScriptException(ScriptFailure.NeverAnswered, "The script waits for something that can no longer happen.");
        }

        if (_wakeAt >= 0)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Min(_wakeAt - Milliseconds, int.MaxValue));
            wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            _wakeTimer ??= _time.CreateTimer(
                static run => ((ScriptRun)run!)._events.Wake(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            _wakeTimer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void ThrowIfStopped()
    {
        _clientGone.ThrowIfCancellationRequested();
        if (_isOver.IsCancellationRequested)
        {
            throw ScriptFailures.OfStop(StopReason.WallTime);
        }
    }

    private async Task CallAsync(int id, HandlerCall call)
    {
        SettledCall settled;
        try
        {
            settled = new SettledCall(id, await HandlerCallTimeout.CallAsync(_handlers, call, _time, _isOver), null);
        }
        catch (Exception failure)
        {
            settled = new SettledCall(id, null, failure);
        }

        _events.Add(settled);
    }

    // Calls made side by side are often over at the same time: the script learns of all of them before it goes on.
    private void SettleAll(ScriptVm vm, SettledCall first)
    {
        for (var call = first; call is not null && !IsOver; _events.TryTake(out call))
        {
            _callsPending--;
            if (call.Answer is { } answer)
            {
                var body = IncomingBody.OfAnswer(answer.Headers, answer.Body);
                vm.Settle(Envelopes.OfAnswer(call.Id, answer, body), body);
            }
            else if (call.Failure is HandlerCallException failure)
            {
                vm.Settle(Envelopes.OfFailure(call.Id, failure), default);
            }
            else
            {
                // Not the script's business: something is wrong with the host.
                ExceptionDispatchInfo.Throw(call.Failure!);
            }
        }
    }

    private async Task<byte[]> OlderCallAsync(HandlerCall call)
    {
        try
        {
            return OlderDialect.OfAnswer(await _handlers.CallAsync(call, _isOver));
        }
        catch (HandlerCallException failure)
        {
            return OlderDialect.OfFailure(failure);
        }
    }

    // Blocks until the call is over, or until nobody wants to know.
    private void WaitFor(Task call)
    {
        _threads.BeginWait();
        try
        {
            call.Wait(_isOver);
        }
        catch (Exception ended) when (ended is OperationCanceledException or AggregateException)
        {
            // Whoever takes the call's result sees why it failed.
        }
        finally
        {
            _threads.EndWait();
        }

        if (_isOver.IsCancellationRequested)
        {
            _clock.Stop(_clientGone.IsCancellationRequested ? StopReason.Cancelled : StopReason.WallTime);
        }
    }

    // Counts a call and reads it. One beyond a limit ends the run; what is merely written wrong is the script's to catch.
    private string? TryAdmit(in RequestedCall requested, out HandlerCall? call)
    {
        if (_callsMade == _limits.MaxCalls)
        {
            throw new ScriptException(ScriptFailure.CallLimit, $"The script made more than {_limits.MaxCalls} calls.");
        }

        if (_request.CallDepth >= _limits.MaxCallDepth)
        {
            throw new ScriptException(ScriptFailure.CallDepth, $"The script was called by {_request.CallDepth} others and calls again; the limit is {_limits.MaxCallDepth}.");
        }

        _callsMade++;
        var problem = Envelopes.TryReadCall(requested, out call);
        return call is not null && _limits.ExcessOf(call) is { } excess ? throw new ScriptException(ScriptFailure.CallTooLarge, excess) : problem;
    }

    private void WallTimeIsUp() => Stop(StopReason.WallTime);

    private void ClientHasGone() => Stop(StopReason.Cancelled);

    private void Stop(StopReason reason)
    {
        _clock.Stop(reason);
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended while its timer was firing.
        }

        _events.Wake();
    }

    /// <summary>A call that is over: its answer, or why there is none.</summary>
    private sealed record SettledCall(int Id, HandlerAnswer? Answer, Exception? Failure);
}
