using System.Net;
using System.Text.Json;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Execution;

/// <summary>Real scripts, from socket to script and back.</summary>
public sealed class ScriptRunnerTests(FixtureServer fixture) : IClassFixture<FixtureServer>
{
    [Theory]
    [InlineData("fault_throw", 500, "script-threw")]
    [InlineData("fault_spin", 504, "script-cpu-exceeded")]
    [InlineData("fault_grow", 500, "script-out-of-memory")]
    [InlineData("fault_recurse", 500, "script-stack-exhausted")]
    [InlineData("fault_silent", 500, "script-threw")]
    public async Task A_script_s_failure_is_a_problem_and_harms_nobody_else(string name, int status, string slug)
    {
        var server = fixture.Guests;

        using var response = await server.GetAsync("/script/" + name);
        using var ok = await server.GetAsync($"/script/{name}?ok");

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal("urn:mik:error:" + slug, problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(name, problem.RootElement.GetProperty("script").GetString());
        Assert.Equal(HttpStatusCode.OK, ok.StatusCode);
    }
}
