using System.Globalization;
using Mik.Testing.Results;

namespace Mik.Testing.Reporting;

/// <summary>TAP 14: a subtest for each file, with YAML diagnostics for every failure.</summary>
/// <param name="output">Where to write.</param>
public sealed class TapReporter(TextWriter output) : ITestReporter
{
    private const string Inner = "    ";
    private int _files;

    /// <inheritdoc/>
    public void Add(TestFileResult file)
    {
        if (_files++ == 0)
        {
            output.WriteLine("TAP version 14");
        }

        output.WriteLine($"# Subtest: {Escape(file.File)}");
        var number = 0;
        for (var i = 0; i < file.Tests.Count; i++)
        {
            WriteTest(file.Tests[i], ++number);
        }

        foreach (var error in file.Errors)
        {
            output.WriteLine($"{Inner}not ok {++number} - {Escape(file.File)}");
            WriteDiagnostics(error, duration: null);
        }

        output.WriteLine($"{Inner}1..{number}");
        foreach (var line in file.Console.SelectMany(static line => PrintableText.Of(line.Text).Split('\n')))
        {
            output.WriteLine($"{Inner}# {line}");
        }

        output.WriteLine($"{(file.HasFailed ? "not ok" : "ok")} {_files} - {Escape(file.File)} # time={Milliseconds(file.Duration)}ms");
    }

    /// <inheritdoc/>
    public void Finish(TestRunSummary summary)
    {
        if (_files == 0)
        {
            output.WriteLine("TAP version 14");
        }

        output.WriteLine($"1..{_files}");
        output.WriteLine($"# {summary.Count(TestState.Passed)} passed, {summary.Count(TestState.Failed)} failed, {Milliseconds(summary.Duration)} ms");
    }

    private void WriteTest(TestResult test, int number)
    {
        var directive = test.State switch
        {
            TestState.Skipped => "SKIP",
            TestState.NotRun => "SKIP not run",
            TestState.Todo => "TODO",
            _ => "",
        };

        // A test yet to be written is "not ok" by the specification, and counts as no failure.
        var verdict = test.State is TestState.Failed or TestState.Todo ? "not ok" : "ok";
        output.WriteLine($"{Inner}{verdict} {number} - {Escape(test.FullName)}{(directive.Length > 0 ? " # " : "")}{directive}");
        foreach (var error in test.Errors)
        {
            WriteDiagnostics(error, test.Duration);
        }
    }

    private void WriteDiagnostics(TestError error, TimeSpan? duration)
    {
        const string Yaml = Inner + "  ";
        output.WriteLine($"{Yaml}---");
        WriteValue(Yaml, "message", error.Message);
        output.WriteLine($"{Yaml}severity: fail");
        if (duration is { } time)
        {
            output.WriteLine($"{Yaml}duration_ms: {Milliseconds(time)}");
        }

        WriteValue(Yaml, "expected", error.Expected);
        WriteValue(Yaml, "actual", error.Actual);
        if (error.File is not null)
        {
            output.WriteLine($"{Yaml}at:");
            WriteValue(Yaml + "  ", "file", error.File);
            if (error.Line is { } line)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Yaml}  line: {line}"));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Yaml}  column: {error.Column ?? 1}"));
            }
        }

        WriteValue(Yaml, "stack", error.Stack);
        output.WriteLine($"{Yaml}...");
    }

    private void WriteValue(string indent, string key, string? text)
    {
        if (text is not null)
        {
            output.WriteLine($"{indent}{key}: {YamlText.Quote(text)}");
        }
    }

    private static string Milliseconds(TimeSpan time) => Durations.Number(time.TotalMilliseconds);

    // In a description # begins a directive and a line ends it.
    private static string Escape(string text) =>
        PrintableText.Of(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("#", "\\#", StringComparison.Ordinal).Replace('\n', ' ');
}
