using System.Text.Json;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>What vitest says about a run.</summary>
internal static class VitestReport
{
    /// <summary>Passes when tests were run and all of them passed; returns how many.</summary>
    public static int AssertAllPassed(MikProgramResult result)
    {
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using var report = JsonDocument.Parse(result.Output[result.Output.IndexOf('{', StringComparison.Ordinal)..]);
        var passed = report.RootElement.GetProperty("numPassedTests").GetInt32();
        Assert.Equal((0, 0), (report.RootElement.GetProperty("numFailedTests").GetInt32(), report.RootElement.GetProperty("numFailedTestSuites").GetInt32()));
        Assert.True(passed > 0, result.Output);
        return passed;
    }
}
