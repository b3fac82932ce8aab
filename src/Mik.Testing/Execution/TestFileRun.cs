using System.Collections.Concurrent;
using System.Text.Json;
using Mik.Scripting;
using Mik.Scripting.Bodies;
using Mik.Scripting.Execution;
using Mik.Server.Hosting;

namespace Mik.Testing.Execution;

/// <summary>
/// One virtual machine's way through a test file: evaluates it and lets its tests run until they wait, wakes them when a timer is due, a
/// call is answered or a script has answered, and gives up what takes too long. Everything of the machine happens on the thread that
/// calls <see cref="Execute"/>; what other threads have to say waits in a queue.
/// </summary>
internal sealed class TestFileRun : ITestRun, IDisposable
{
    private const string TookTooLong = "{what} took longer than {timeout} ms";
    private const string WaitsInVain = "{what} waits for something that can no longer happen: no timer and no call is pending";

    private readonly TestVm _vm;
    private readonly TestFileLog _log;
    private readonly TestOptions _options;
    private readonly OfflineServer _server;
    private readonly TimeProvider _time;
    private readonly RunClock _clock;
    private readonly InvokedScripts _scripts;
    private readonly long _started;
    private readonly long _loadedMemory;
    private readonly CancellationTokenSource _over = new();

    // What happened elsewhere while the tests waited. Whoever adds to it counts as pending until then.
    private readonly BlockingCollection<Action> _events = [];
    private readonly CancellationToken _abandoned;
    private int _pending;
    private double _wakeAt = -1;
    private double _deadline = -1;

    public TestFileRun(TestVm vm, TestFileLog log, TestOptions options, OfflineServer server, ScriptHost host, CancellationToken abandoned)
    {
        _vm = vm;
        _log = log;
        _options = options;
        _server = server;
        _time = host.Options.TimeProvider;
        _started = _time.GetTimestamp();
        _clock = new RunClock(vm.Store, _time, host.Cpu, options.Timeout);
        _scripts = new InvokedScripts(this, server);
        _loadedMemory = vm.MemoryLength;
        _abandoned = abandoned;
        vm.Run = this;
    }

    public long MaxMemoryBytes => _loadedMemory + _options.MemoryBytes;

    public double Milliseconds => _time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Where the console output of invoked scripts goes. Thread-safe.</summary>
    public IScriptConsole Console => _log;

    /// <summary>The names of the scripts that were invoked.</summary>
    public IReadOnlySet<string> InvokedScripts => _scripts.Names;

    /// <summary>Cancelled when the run ends.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Runs the file from a test on. What happens is told to the log.</summary>
    /// <exception cref="ScriptException">The machine had to be stopped in the middle of something, or the file cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public void Execute(int from)
    {
        using var stopping = _abandoned.Register(() => _clock.Stop(StopReason.Cancelled));

        // 1. Evaluate the file; tests run until they wait.
        _deadline = _options.Timeout.TotalMilliseconds;
        var options = new RunOptions(
            from,
            _options.Timeout.TotalMilliseconds,
            _options.NamePattern,
            _options.StopsAtFailure,
            _options.AllowsOnly,
            _options.CallsHandlers);
        Enter(() => _vm.Start(JsonSerializer.SerializeToUtf8Bytes(options, TestEventJson.Default.RunOptions)));

        // 2. Whatever they wait for wakes them.
        while (!_log.IsDone)
        {
            Enter(NextEvent());
        }
    }

    /// <summary>Announces that something will be posted; until then the tests do not wait in vain.</summary>
    public void Expect() => Interlocked.Increment(ref _pending);

    /// <summary>Does something with the machine when it is next free. Thread-safe.</summary>
    public void Post(Action<TestVm> action)
    {
        try
        {
            _events.Add(() =>
            {
                Interlocked.Decrement(ref _pending);
                action(_vm);
            });
        }
        catch (Exception late) when (late is InvalidOperationException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    public void Report(byte[] json)
    {
        if (TestEvent.Read(json) is { } happened)
        {
            _log.Take(happened);
        }
    }

    public void Begin(double milliseconds)
    {
        if (milliseconds >= 0)
        {
            var bounded = TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
            _clock.Renew(bounded);
            _deadline = Milliseconds + bounded.TotalMilliseconds;
        }
        else
        {
            // Between tests only the runner's own code runs.
            _clock.Renew(_options.Timeout);
            _deadline = -1;
        }
    }

    public (int Id, string? Problem) Invoke(byte[] request, byte[]? body) => _scripts.Start(request, body);

    public void AnswerCall(int call, byte[] answer, byte[]? body) => _scripts.AnswerCall(call, answer, body);

    public string? StartCall(int id, RequestedCall call)
    {
        var problem = Envelopes.TryReadCall(call, out var wanted);
        if (problem is null)
        {
            Expect();
            _ = Task.Run(() => CallAsync(id, wanted!));
        }

        return problem;
    }

    public byte[] CallAndWait(RequestedCall call) => throw new InvalidOperationException("Tests have no host that waits.");

    public void Answer(int status, byte[] headersJson, string contentType, byte[] body) =>
        throw new InvalidOperationException("A test file answers nobody.");

    public void Fail(byte[] report) => throw new InvalidOperationException("A test file answers nobody.");

    public void Log(int level, string message) =>
        Console.Write(ScriptConsole.LevelOf(level), "", "", message);

    public void WakeAt(double milliseconds) => _wakeAt = milliseconds;

    public void Dispose()
    {
        _over.Cancel();
        _events.CompleteAdding();
        _clock.Dispose();
        _over.Dispose();
        _vm.Dispose();
    }

    private Action NextEvent()
    {
        var isIdle = Volatile.Read(ref _pending) == 0 && _wakeAt < 0;
        if (isIdle)
        {
            return () => GiveUp(WaitsInVain);
        }

        var until = _deadline < 0 ? _wakeAt : _wakeAt < 0 ? _deadline : Math.Min(_wakeAt, _deadline);
        var wait = until < 0 ? Timeout.Infinite : (int)Math.Clamp(Math.Ceiling(until - Milliseconds), 0, int.MaxValue);
        if (_events.TryTake(out var happened, wait, _abandoned))
        {
            return happened;
        }

        return _deadline >= 0 && _deadline <= Milliseconds ? () => GiveUp(TookTooLong) : _vm.Fire;
    }

    // While the file loads there is no test that could fail.
    private void GiveUp(string message)
    {
        if (!_log.IsLoaded)
        {
            throw new ScriptException(ScriptFailure.LoadFailed, "A top-level await waits for too long, or for something that cannot happen.");
        }

        _deadline = -1;
        _vm.GiveUp(message);
    }

    private void Enter(Action step)
    {
        if (!_clock.Enter())
        {
            throw ScriptFailures.OfStop(_clock.Reason);
        }

        try
        {
            step();
            do
            {
                while (!_log.IsDone && _vm.RunJobs())
                {
                }
            }
            while (!_log.IsDone && _vm.ReportRejections());
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

    // A call of the test itself that reaches a real handler.
    private async Task CallAsync(int id, HandlerCall call)
    {
        try
        {
            var answer = await HandlerCallTimeout.CallAsync(_server.Handlers, call, _time, Over);
            var body = IncomingBody.OfAnswer(answer.Headers, answer.Body);
            Post(vm => vm.Settle(Envelopes.OfAnswer(id, answer, body), body));
        }
        catch (HandlerCallException failure)
        {
            Post(vm => vm.Settle(Envelopes.OfFailure(id, failure), default));
        }
        catch (OperationCanceledException) when (Over.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
    }
}
