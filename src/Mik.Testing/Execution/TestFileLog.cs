using Mik.Scripting;
using Mik.Scripting.Modules;
using Mik.Testing.Results;

namespace Mik.Testing.Execution;

/// <summary>
/// Makes a file's result of the events its tests report. Lives longer than a virtual machine: when one has to be stopped in the middle of
/// a test, the rest of the file goes on in another. Thread-safe only where it is a console.
/// </summary>
internal sealed class TestFileLog(string file, TimeProvider time) : IScriptConsole
{
    // A file that writes more is cut off: the report is for people.
    private const int MaxMessages = 1000;
    private const int MaxMessageLength = 256 * 1024;

    private readonly long _started = time.GetTimestamp();
    private readonly List<TestError> _errors = [];
    private readonly List<ConsoleLine> _console = []; // guarded by itself; other threads write to it
    private int _messageLength; // guarded by _console
    private int _dropped; // guarded by _console
    private TestResult[] _tests = [];
    private int? _current;
    private long _currentStarted;
    private (int First, int Last)? _entering;

    /// <summary>The text of a module, where it is known; for positions.</summary>
    public Func<string, string?> SourceOf { get; set; } = static _ => null;

    /// <summary>The names of the scripts that the file's tests invoked.</summary>
    public HashSet<string> InvokedScripts { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the file's modules have been evaluated.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Whether the file's tests have all had their turn.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The number of the first test that has not had its turn.</summary>
    public int Next { get; private set; }

    /// <summary>Whether anything has failed so far.</summary>
    public bool HasFailed => _errors.Count > 0 || _tests.Any(static test => test.State == TestState.Failed);

    /// <summary>A new machine takes the file up.</summary>
    public void Restart()
    {
        IsLoaded = false;
        IsDone = false;
    }

    /// <summary>Takes an event.</summary>
    public void Take(TestEvent happened)
    {
        switch (happened.Kind)
        {
            case "loaded":
                IsLoaded = true;
                break;
            case "plan":
                Plan(happened.Tests);
                break;
            case "enter":
                _entering = (happened.First, happened.Last);
                break;
            case "start":
                _entering = null;
                _current = happened.Index;
                _currentStarted = time.GetTimestamp();
                break;
            case "end":
                End(happened);
                break;
            case "broken":
                AddErrors(happened.Name.Length == 0 ? "" : $"after '{happened.Name}': ", happened.Errors);
                break;
            case "unloadable":
                AddErrors("", happened.Errors);
                break;
            case "done":
                IsDone = true;
                break;
        }
    }

    /// <summary>The machine had to be stopped: whatever it was at has failed.</summary>
    /// <returns>Whether another machine can go on with the rest.</returns>
    public bool TakeStop(TestError error)
    {
        if (!IsLoaded)
        {
            _errors.Add(error);
            return false;
        }

        if (_current is { } test)
        {
            Finish(test, TestState.Failed, [AtTest(error, test)]);
        }
        else if (_entering is var (first, last))
        {
            for (var index = first; index <= last; index++)
            {
                if (_tests[index].State == TestState.NotRun)
                {
                    _tests[index] = _tests[index] with { State = TestState.Failed, Errors = [AtTest(error, index)] };
                }
            }

            Next = last + 1;
            _entering = null;
        }
        else
        {
            // Between tests only hooks that follow a group run.
            _errors.Add(error);
        }

        return Next < _tests.Length;
    }

    /// <summary>
    /// The file has come to its end: a test that had no turn is a failure. It takes a file that tampers with what the runner stands on.
    /// </summary>
    public void RequireAllRun()
    {
        var missing = _tests.Count(static test => test.State == TestState.NotRun);
        if (missing > 0 && _errors.Count == 0)
        {
            _errors.Add(new TestError($"{missing} of its {_tests.Length} tests had no turn: the file changes built-in objects that the test runner needs."));
        }
    }

    /// <summary>Something failed outside of any test.</summary>
    public void AddError(TestError error) => _errors.Add(error);

    public TestFileResult ToResult(IReadOnlyList<string> sourceFiles)
    {
        lock (_console)
        {
            if (_dropped > 0)
            {
                _console.Add(new ConsoleLine(null, ScriptLogLevel.Warning, $"{_dropped} more messages were dropped: a file may write {MaxMessages} with {MaxMessageLength} characters"));
            }

            return new TestFileResult(file)
            {
                Tests = _tests,
                Errors = _errors,
                Console = [.. _console],
                Duration = time.GetElapsedTime(_started),
                SourceFiles = sourceFiles,
            };
        }
    }

    void IScriptConsole.Write(ScriptLogLevel level, string scriptName, string requestId, string message)
    {
        lock (_console)
        {
            if (_dropped > 0 || _console.Count == MaxMessages || _messageLength + message.Length > MaxMessageLength)
            {
                _dropped++;
                return;
            }

            _messageLength += message.Length;
            _console.Add(new ConsoleLine(_current, level, scriptName.Length == 0 ? message : $"{scriptName}: {message}"));
        }
    }

    private void Plan(IReadOnlyList<PlannedTest> tests)
    {
        // A machine that takes the file up again plans the same tests, unless they depend on something that changes.
        if (_tests.Length != tests.Count)
        {
            _tests = [.. tests.Select(test => new TestResult(test.Name, test.Groups)
            {
                Line = ScriptStack.Top(ScriptStack.Clean(test.Site, SourceOf))?.Line,
            })];
        }
    }

    private void End(TestEvent happened)
    {
        if (happened.Index >= 0 && happened.Index < _tests.Length)
        {
            var state = happened.State switch
            {
                "pass" => TestState.Passed,
                "skip" => TestState.Skipped,
                "todo" => TestState.Todo,
                "stopped" => TestState.NotRun,
                _ => TestState.Failed,
            };
            Finish(happened.Index, state, [.. happened.Errors.Select(error => error.ToTestError(SourceOf))]);
        }
    }

    private void Finish(int index, TestState state, IReadOnlyList<TestError> errors)
    {
        var duration = _current == index ? time.GetElapsedTime(_currentStarted) : TimeSpan.Zero;
        _tests[index] = _tests[index] with { State = state, Errors = errors, Duration = duration };
        Next = index + 1;
        _current = null;
    }

    // Nobody knows where a stopped machine was; the test itself is near.
    private TestError AtTest(TestError error, int index) =>
        error.File is null ? error with { File = file, Line = _tests[index].Line } : error;

    private void AddErrors(string prefix, IReadOnlyList<ThrownError> errors) =>
        _errors.AddRange(errors.Select(error => error.ToTestError(SourceOf)).Select(error => error with { Message = prefix + error.Message }));
}
