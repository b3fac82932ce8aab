using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>The reports that programs read, read by a program.</summary>
public sealed partial class TestReportTests
{
    private const string Tests = """
        describe("prices # and <tags> & \"quotes\"", () => {
          test("differ", () => { expect({ a: 1, text: "<b>\u0001" }).toEqual({ a: 2, text: "<b>\u0001" }); });
          test("agree", () => { console.log("]]> said"); });
        });
        test.skip("not now", () => {});
        test.todo("later");
        """;

    private const string Directive = "TODO";

    [Fact]
    public async Task JUnit_is_XML_whose_sums_agree_with_its_cases()
    {
        var report = XDocument.Parse((await RunAsync("junit")).Output).Root!;

        Assert.Equal("testsuites", report.Name.LocalName);
        var cases = report.Descendants("testcase").ToList();
        Assert.Equal(Number(report, "tests"), cases.Count);
        Assert.Equal(Number(report, "failures"), report.Descendants("failure").Count());
        Assert.Equal(Number(report, "errors"), report.Descendants("error").Count());
        Assert.Equal(Number(report, "skipped"), report.Descendants("skipped").Count());
        Assert.Equal((5, 1, 1, 2), (Number(report, "tests"), Number(report, "failures"), Number(report, "errors"), Number(report, "skipped")));

        var failed = Assert.Single(cases, static c => c.Element("failure") is not null);
        Assert.Equal("a.test.js", (string?)failed.Attribute("classname"));
        Assert.Equal("prices # and <tags> & \"quotes\" > differ", (string?)failed.Attribute("name"));
        Assert.Contains("-   a: 2,", failed.Element("failure")!.Value, StringComparison.Ordinal);
        Assert.Contains("a.test.js:2:", failed.Element("failure")!.Value, StringComparison.Ordinal);
        Assert.All(cases, static c => Assert.True(double.Parse((string)c.Attribute("time")!, CultureInfo.InvariantCulture) >= 0));
        Assert.Contains("]]> said", report.Descendants("system-out").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TAP_has_a_subtest_for_each_file_whose_plan_agrees_and_diagnostics_in_YAML()
    {
        var lines = (await RunAsync("tap")).Output.TrimEnd('\n').Split('\n');

        Assert.Equal("TAP version 14", lines[0]);
        var outer = lines.Where(static l => Point().IsMatch(l)).ToList();
        Assert.Equal(["not ok 1 - a.test.js", "not ok 2 - b.test.js"], outer.Select(static l => l[..l.IndexOf(" # time", StringComparison.Ordinal)]));
        Assert.Contains("1..2", lines);

        var inner = lines.Where(static l => l.StartsWith("    ", StringComparison.Ordinal)).Select(static l => l[4..]).ToList();
        Assert.Equal(
            [
                "not ok 1 - prices \\# and <tags> & \"quotes\" > differ",
                "ok 2 - prices \\# and <tags> & \"quotes\" > agree",
                "ok 3 - not now # SKIP",
                $"not ok 4 - later # {Directive}",
                "not ok 1 - b.test.js",
            ],
            inner.Where(static l => Point().IsMatch(l)));
        Assert.Equal(["1..4", "1..1"], inner.Where(static l => l.StartsWith("1..", StringComparison.Ordinal)));

        var start = inner.IndexOf("  ---");
        var end = inner.IndexOf("  ...");
        var diagnostics = inner[(start + 1)..end].Select(static l => l.Trim().Split(": ", 2)).ToDictionary(static l => l[0].TrimEnd(':'), static l => l.ElementAtOrDefault(1));
        Assert.Equal(inner.IndexOf("not ok 1 - prices \\# and <tags> & \"quotes\" > differ") + 1, start);
        Assert.Equal("expect(received).toEqual(expected)", JsonSerializer.Deserialize<string>(diagnostics["message"]!));
        Assert.Equal("fail", diagnostics["severity"]);
        Assert.Contains("a: 2,", JsonSerializer.Deserialize<string>(diagnostics["expected"]!), StringComparison.Ordinal);
        Assert.Contains("a: 1,", JsonSerializer.Deserialize<string>(diagnostics["actual"]!), StringComparison.Ordinal);
        Assert.Equal("a.test.js", JsonSerializer.Deserialize<string>(diagnostics["file"]!));
        Assert.Equal("2", diagnostics["line"]);
    }

    [Fact]
    public async Task JSON_tells_everything()
    {
        using var report = JsonDocument.Parse((await RunAsync("json")).Output);

        var root = report.RootElement;
        Assert.False(root.GetProperty("success").GetBoolean());
        Assert.Equal((1, 1), (root.GetProperty("passed").GetInt32(), root.GetProperty("failed").GetInt32()));
        var first = root.GetProperty("files")[0];
        Assert.Equal("a.test.js", first.GetProperty("file").GetString());
        var test = first.GetProperty("tests")[0];
        Assert.Equal("failed", test.GetProperty("state").GetString());
        Assert.Equal(2, test.GetProperty("line").GetInt32());
        Assert.Contains("-   a: 2,", test.GetProperty("errors")[0].GetProperty("diff").GetString(), StringComparison.Ordinal);
        Assert.Equal("]]> said", first.GetProperty("console")[0].GetString());
        Assert.Equal(1, root.GetProperty("files")[1].GetProperty("errors").GetArrayLength());
    }

    private static async Task<MikProgramResult> RunAsync(string reporter)
    {
        using var project = new TemporaryProject().Write("a.test.js", Tests).Write("b.test.js", "test('x', () => {\n");
        var result = await MikProgram.RunAsync(project.Directory, ["test", "--reporter", reporter], ("CI", ""));
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        return result;
    }

    private static int Number(XElement element, string attribute) => (int)element.Attribute(attribute)!;

    [GeneratedRegex(@"^(?:not )?ok \d+ - ")]
    private static partial Regex Point();
}
