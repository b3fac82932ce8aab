using System.Globalization;
using System.Xml;
using Mik.Testing.Results;

namespace Mik.Testing.Reporting;

/// <summary>JUnit's XML, as build servers read it: a suite for each file.</summary>
/// <param name="output">Where to write; complete when the run is over.</param>
public sealed class JUnitReporter(TextWriter output) : ITestReporter
{
    /// <inheritdoc/>
    public void Add(TestFileResult file)
    {
        // The document begins with sums, so that it can be written at the end only.
    }

    /// <inheritdoc/>
    public void Finish(TestRunSummary summary)
    {
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, CloseOutput = false, CheckCharacters = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "mik test");
            WriteSums(xml, summary.Files, summary.Duration);
            foreach (var file in summary.Files)
            {
                WriteFile(xml, file);
            }

            xml.WriteEndElement();
        }

        output.WriteLine();
    }

    private static void WriteFile(XmlWriter xml, TestFileResult file)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", PrintableText.Of(file.File));
        WriteSums(xml, [file], file.Duration);
        foreach (var test in file.Tests)
        {
            WriteTest(xml, file, test);
        }

        // What failed outside of tests is a test that failed, or nobody would see it.
        foreach (var error in file.Errors)
        {
            WriteCase(xml, file, "(file)", TimeSpan.Zero);
            WriteFailure(xml, "error", [error]);
            xml.WriteEndElement();
        }

        if (file.Console.Count > 0)
        {
            xml.WriteElementString("system-out", PrintableText.Of(string.Join('\n', file.Console.Select(static line => line.Text))));
        }

        xml.WriteEndElement();
    }

    private static void WriteTest(XmlWriter xml, TestFileResult file, TestResult test)
    {
        WriteCase(xml, file, test.FullName, test.Duration);
        if (test.State == TestState.Failed)
        {
            WriteFailure(xml, "failure", test.Errors);
        }
        else if (test.State != TestState.Passed)
        {
            xml.WriteStartElement("skipped");
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, TestFileResult file, string name, TimeSpan duration)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", PrintableText.Of(file.File));
        xml.WriteAttributeString("name", PrintableText.Of(name));
        xml.WriteAttributeString("time", Durations.Number(duration.TotalSeconds));
    }

    private static void WriteFailure(XmlWriter xml, string kind, IReadOnlyList<TestError> errors)
    {
        xml.WriteStartElement(kind);
        xml.WriteAttributeString("message", PrintableText.Of(errors.Count > 0 ? errors[0].Message.Split('\n')[0] : "failed"));
        xml.WriteString(PrintableText.Of(string.Join("\n\n", errors.Select(Describe))));
        xml.WriteEndElement();
    }

    private static string Describe(TestError error) =>
        string.Join("\n\n", new[] { error.Message, error.Diff, error.Stack ?? error.Position, error.Cause is { } cause ? $"caused by {Describe(cause)}" : null }
            .Where(static part => !string.IsNullOrEmpty(part)));

    private static void WriteSums(XmlWriter xml, IReadOnlyList<TestFileResult> files, TimeSpan duration)
    {
        void Write(string name, int count) => xml.WriteAttributeString(name, count.ToString(CultureInfo.InvariantCulture));

        var errors = files.Sum(static file => file.Errors.Count);
        Write("tests", files.Sum(static file => file.Tests.Count) + errors);
        Write("failures", files.Sum(static file => file.Count(TestState.Failed)));
        Write("errors", errors);
        Write("skipped", files.Sum(static file => file.Tests.Count(static test => test.State is not (TestState.Passed or TestState.Failed))));
        xml.WriteAttributeString("time", Durations.Number(duration.TotalSeconds));
    }
}
