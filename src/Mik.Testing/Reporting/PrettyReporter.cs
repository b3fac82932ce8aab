using Mik.Scripting;
using Mik.Testing.Results;

namespace Mik.Testing.Reporting;

/// <summary>For people: a line for each file, every failure with what differs and where, and a summary.</summary>
/// <param name="output">Where to write.</param>
/// <param name="style">How it looks.</param>
/// <param name="pathPrefix">What leads from where the user stands to the project's directory; empty when that is it.</param>
public sealed class PrettyReporter(TextWriter output, TextStyle style, string pathPrefix) : ITestReporter
{
    // Passed tests are listed as long as that is a help.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    public void Add(TestFileResult file)
    {
        var mark = file.HasFailed ? style.Bad("✗") : style.Good("✓");
        output.WriteLine($"{mark} {style.Strong(pathPrefix + file.File)} {style.Faint(CountOf(file) + Durations.Show(file.Duration))}");
        WriteConsole(file, test: null);
        foreach (var error in file.Errors)
        {
            WriteError(error, "    ");
        }

        IReadOnlyList<string> groups = [];
        for (var i = 0; i < file.Tests.Count; i++)
        {
            WriteGroups(groups, file.Tests[i].Groups);
            groups = file.Tests[i].Groups;
            WriteTest(file, i);
        }
    }

    /// <inheritdoc/>
    public void Finish(TestRunSummary summary)
    {
        if (!summary.HasTests)
        {
            return;
        }

        var parts = new List<string>();
        AddCount(parts, summary.Count(TestState.Failed), "failed", style.Bad);
        AddCount(parts, summary.Count(TestState.Passed), "passed", style.Good);
        AddCount(parts, summary.Count(TestState.Skipped), "skipped", style.Notable);
        AddCount(parts, summary.Count(TestState.Todo), "todo", style.Notable);
        AddCount(parts, summary.Count(TestState.NotRun), "not run", style.Notable);
        var failedFiles = summary.Files.Count(static file => file.HasFailed);
        var files = failedFiles > 0 ? $"{failedFiles} of {Plural(summary.Files.Count, "file")} failed" : Plural(summary.Files.Count, "file");
        output.WriteLine();
        output.WriteLine($"{string.Join(", ", parts)}{(parts.Count > 0 ? " " : "")}{style.Faint($"({files}, {Durations.Show(summary.Duration)})")}");
    }

    private static string CountOf(TestFileResult file) => file.Tests.Count == 0 ? "" : $"{Plural(file.Tests.Count, "test")}, ";

    private static string Plural(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static void AddCount(List<string> parts, int count, string what, Func<string, string> color)
    {
        if (count > 0)
        {
            parts.Add(color($"{count} {what}"));
        }
    }

    private static string Indent(int depth) => new(' ', 2 * (depth + 1));

    private void WriteGroups(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        var shared = 0;
        while (shared < before.Count && shared < now.Count && before[shared] == now[shared])
        {
            shared++;
        }

        for (var i = shared; i < now.Count; i++)
        {
            output.WriteLine(Indent(i) + now[i]);
        }
    }

    private void WriteTest(TestFileResult file, int index)
    {
        var test = file.Tests[index];
        var mark = test.State switch
        {
            TestState.Passed => style.Good("✓"),
            TestState.Failed => style.Bad("✗"),
            _ => style.Notable("-"),
        };
        var note = test.State switch
        {
            TestState.Passed or TestState.Failed => Durations.Show(test.Duration),
            TestState.Todo => "todo",
            TestState.NotRun => "not run",
            _ => "skipped",
        };
        var indent = Indent(test.Groups.Count);
        output.WriteLine($"{indent}{mark} {test.Name} {(test.Duration > Slow ? style.Notable(note) : style.Faint(note))}");
        WriteConsole(file, index);
        foreach (var error in test.Errors)
        {
            WriteError(error, indent + "    ");
        }
    }

    private void WriteConsole(TestFileResult file, int? test)
    {
        foreach (var line in file.Console.Where(line => line.Test == test))
        {
            var color = line.Level >= ScriptLogLevel.Warning ? style.Notable : (Func<string, string>)style.Faint;
            WriteLines(line.Text, "      | ", color);
        }
    }

    private void WriteError(TestError error, string indent)
    {
        output.WriteLine();
        WriteLines(error.Message, indent, style.Bad);
        if (error.Diff is { } diff)
        {
            output.WriteLine();
            output.WriteLine($"{indent}{style.Good("- expected")}  {style.Bad("+ received")}");
            foreach (var line in Lines(diff))
            {
                output.WriteLine(indent + line switch
                {
                    ['-', ..] => style.Good(line),
                    ['+', ..] => style.Bad(line),
                    _ => line,
                });
            }
        }

        output.WriteLine();
        if (error.Stack is { } stack)
        {
            WriteLines(stack.Trim(), indent, style.Faint, WithPrefix);
            output.WriteLine();
        }
        else if (error.Position.Length > 0)
        {
            output.WriteLine($"{indent}{style.Faint($"at {pathPrefix}{error.Position}")}");
            output.WriteLine();
        }

        if (error.Cause is { } cause)
        {
            output.WriteLine($"{indent}{style.Faint("caused by")}");
            WriteError(cause, indent + "  ");
        }
    }

    // "at f (lib/cart.ts:3:5)" leads somewhere only from the project's directory.
    private string WithPrefix(string frame)
    {
        var open = frame.LastIndexOf('(');
        return pathPrefix.Length == 0 ? frame
            : open >= 0 ? frame.Insert(open + 1, pathPrefix)
            : frame.Replace("at ", $"at {pathPrefix}", StringComparison.Ordinal);
    }

    private void WriteLines(string text, string indent, Func<string, string> color, Func<string, string>? change = null)
    {
        foreach (var line in Lines(text))
        {
            output.WriteLine(line.Length == 0 ? "" : indent + color(change?.Invoke(line.Trim()) ?? line));
        }
    }

    private static string[] Lines(string text) => PrintableText.Of(text).TrimEnd('\n').Split('\n');
}
