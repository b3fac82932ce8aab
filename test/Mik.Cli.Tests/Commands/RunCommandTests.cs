using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Mik.Cli.Tests.Commands;

public sealed class RunCommandTests
{
    [Theory]
    [InlineData("--port http", "option --port: server.port: must be an integer from 0 to 65535, found 'http'")]
    [InlineData("--port 65536", "option --port: server.port: must be an integer from 0 to 65535, found '65536'")]
    [InlineData("--host example.com", "option --host: server.host: must be an IP address or \"localhost\", found \"example.com\"")]
    public async Task Wrong_values_of_options_are_usage_errors(string arguments, string expected)
    {
        using var project = new TemporaryProject();

        var result = await MikProgram.RunAsync(project.Directory, ["run", .. arguments.Split(' ')]);

        Assert.Equal((ExitCodes.Usage, "", $"error: {expected}\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("--log-format xml")]
    [InlineData("--port")]
    [InlineData("--colour")]
    [InlineData("one two")]
    public async Task Misuse_is_a_usage_error(string arguments)
    {
        using var project = new TemporaryProject();

        var result = await MikProgram.RunAsync(project.Directory, ["run", .. arguments.Split(' ')]);

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
        Assert.EndsWith("Run 'mik run --help' to see how it is used.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_configuration_is_a_failure_even_beside_a_wrong_option()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[server]\nmemory_limit_mb = 0\n");

        var result = await MikProgram.RunAsync(project.Directory, ["run", "--port", "x"]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            """
            error: mik.toml:2:19: server.memory_limit_mb: must be an integer from 1 to 4096, found 0
            error: option --port: server.port: must be an integer from 0 to 65535, found 'x'

            """,
            result.Error);
    }

    [Theory]
    [InlineData("nowhere", "there is no file or directory nowhere")]
    [InlineData("nowhere.wasm", "there is no file or directory nowhere.wasm")]
    [InlineData("notes.txt", "notes.txt is neither a directory nor a component (*.wasm)")]
    public async Task Missing_or_foreign_files_are_failures(string path, string expected)
    {
        using var project = new TemporaryProject().Write("notes.txt", "");

        var result = await MikProgram.RunAsync(project.Directory, ["run", path]);

        Assert.Equal((ExitCodes.Failure, "", $"error: {expected}\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Port_in_use_is_a_failure_without_a_stack_trace()
    {
        using var project = new TemporaryProject();
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var result = await MikProgram.RunAsync(project.Directory, ["run", "--port", port]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Contains($"cannot listen on 127.0.0.1:{port}", result.Error, StringComparison.Ordinal);
        Assert.Contains("in use", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_of_another_machine_is_a_failure_without_a_stack_trace()
    {
        using var project = new TemporaryProject();

        // From the block reserved for documentation, so that no machine has it.
        var result = await MikProgram.RunAsync(project.Directory, ["run", "--host", "192.0.2.1", "--port", "0"]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Contains("cannot listen on 192.0.2.1", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
