using Mik.Cli.Systemd;
using Xunit;

namespace Mik.Cli.Tests.Systemd;

public sealed class SocketActivationTests
{
    [Theory]
    [InlineData("7", "1", true)]
    [InlineData("8", "1", false)]
    [InlineData(null, "1", false)]
    [InlineData("7", "0", false)]
    [InlineData("7", null, false)]
    [InlineData("7", "x", false)]
    public void Only_a_socket_for_this_process_is_taken(string? processId, string? count, bool isTaken)
    {
        Assert.Equal(isTaken ? 3UL : null, SocketActivation.Find(name => name == "LISTEN_PID" ? processId : count, processId: 7));
    }

    [Fact]
    public void Several_sockets_are_a_mistake_of_the_unit()
    {
        Assert.Throws<CliException>(static () => SocketActivation.Find(static name => name == "LISTEN_PID" ? "7" : "2", processId: 7));
    }
}
