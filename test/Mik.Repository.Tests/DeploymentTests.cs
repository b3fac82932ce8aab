using System.Text.RegularExpressions;
using Xunit;

namespace Mik.Repository.Tests;

/// <summary>What files for deployments name exists: variables, addresses, paths of the repository.</summary>
public sealed partial class DeploymentTests
{
    // Where compiled code is kept is no key of a project.
    private static readonly string[] OtherVariables = ["MIK_CACHE"];

    public static TheoryData<string> Files =>
        [.. RepositoryFiles.All.Where(static f => f.StartsWith("deploy/systemd/", StringComparison.Ordinal)
            || f.StartsWith("deploy/container/", StringComparison.Ordinal)
            || f.StartsWith("deploy/kubernetes/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Variables_are_those_of_the_configuration(string file)
    {
        var reference = RepositoryFiles.Read("docs/guide/configuration.md");
        var unknown = Variable().Matches(RepositoryFiles.Read(file))
            .Select(static match => match.Value)
            .Where(name => !OtherVariables.Contains(name) && !reference.Contains($"`{name}`", StringComparison.Ordinal));

        Assert.Empty(unknown);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Addresses_are_those_the_server_has(string file)
    {
        var addresses = RepositoryFiles.Read("src/Mik.Server/Endpoints/EndpointAddress.cs");
        var unknown = Address().Matches(RepositoryFiles.Read(file))
            .Select(static match => match.Value)
            .Where(address => !addresses.Contains($"\"{address}\"", StringComparison.Ordinal));

        Assert.Empty(unknown);
    }

    [Fact]
    public void The_cluster_gives_a_server_the_time_it_takes_to_stop()
    {
        var reference = RepositoryFiles.Read("docs/guide/configuration.md");
        var patience = int.Parse(Regex.Match(reference, @"`shutdown_timeout_secs` \| `(\d+)`").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        var manifest = RepositoryFiles.Read("deploy/kubernetes/mik.yaml");
        var pause = NumberAfter(manifest, "sleep: { seconds: ");
        var unit = RepositoryFiles.Read("deploy/systemd/mik.service");

        Assert.True(NumberAfter(manifest, "terminationGracePeriodSeconds: ") > patience + pause);
        Assert.True(NumberAfter(unit, "TimeoutStopSec=") > patience);
    }

    [Fact]
    public void The_container_s_port_is_the_cluster_s()
    {
        var port = NumberAfter(RepositoryFiles.Read("deploy/container/Containerfile"), "PORT=");

        Assert.Equal(port, NumberAfter(RepositoryFiles.Read("deploy/container/Containerfile"), "EXPOSE "));
        Assert.Equal(port, NumberAfter(RepositoryFiles.Read("deploy/kubernetes/mik.yaml"), "containerPort: "));
    }

    private static int NumberAfter(string text, string prefix) =>
        int.Parse(Regex.Match(text, Regex.Escape(prefix) + @"(\d+)").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bMIK_[A-Z_]+\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?<=path: )/[a-z_/]+|(?<=\s)/(?:health|metrics)[a-z/]*")]
    private static partial Regex Address();
}
