using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mik.Testing.Results;

namespace Mik.Testing.Reporting;

/// <summary>One JSON document with everything that is known of the run.</summary>
/// <param name="output">Where to write; complete when the run is over.</param>
public sealed class JsonReporter(TextWriter output) : ITestReporter
{
    /// <inheritdoc/>
    public void Add(TestFileResult file)
    {
        // One document: written when everything is known.
    }

    /// <inheritdoc/>
    public void Finish(TestRunSummary summary)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("success", summary.HasTests && !summary.HasFailed);
            json.WriteNumber("passed", summary.Count(TestState.Passed));
            json.WriteNumber("failed", summary.Count(TestState.Failed));
            json.WriteNumber("skipped", summary.Count(TestState.Skipped));
            json.WriteNumber("todo", summary.Count(TestState.Todo));
            json.WriteNumber("notRun", summary.Count(TestState.NotRun));
            WriteDuration(json, summary.Duration);
            json.WriteStartArray("files");
            foreach (var file in summary.Files)
            {
                WriteFile(json, file);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private static void WriteFile(Utf8JsonWriter json, TestFileResult file)
    {
        json.WriteStartObject();
        json.WriteString("file", file.File);
        json.WriteBoolean("success", !file.HasFailed);
        WriteDuration(json, file.Duration);
        json.WriteStartArray("tests");
        foreach (var test in file.Tests)
        {
            json.WriteStartObject();
            json.WriteString("name", test.Name);
            WriteTexts(json, "groups", test.Groups);
            if (test.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteString("state", test.State switch
            {
                TestState.Passed => "passed",
                TestState.Failed => "failed",
                TestState.Skipped => "skipped",
                TestState.Todo => "todo",
                _ => "notRun",
            });
            WriteDuration(json, test.Duration);
            WriteErrors(json, test.Errors);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteErrors(json, file.Errors);
        WriteTexts(json, "console", [.. file.Console.Select(static line => line.Text)]);
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<TestError> errors)
    {
        json.WriteStartArray("errors");
        foreach (var error in errors)
        {
            WriteError(json, error);
        }

        json.WriteEndArray();
    }

    private static void WriteError(Utf8JsonWriter json, TestError error)
    {
        json.WriteStartObject();
        json.WriteString("message", error.Message);
        WriteText(json, "expected", error.Expected);
        WriteText(json, "actual", error.Actual);
        WriteText(json, "diff", error.Diff);
        WriteText(json, "file", error.File);
        if (error.Line is { } line)
        {
            json.WriteNumber("line", line);
        }

        if (error.Column is { } column)
        {
            json.WriteNumber("column", column);
        }

        WriteText(json, "stack", error.Stack);
        if (error.Cause is { } cause)
        {
            json.WritePropertyName("cause");
            WriteError(json, cause);
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteDuration(Utf8JsonWriter json, TimeSpan duration) =>
        json.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
}
