using System.Globalization;

namespace Mik.Cli.Systemd;

/// <summary>Finds the socket that a service manager has opened in this program's stead, by the protocol of <c>sd_listen_fds</c>.</summary>
internal static class SocketActivation
{
    /// <summary>Where the protocol puts the first socket.</summary>
    private const ulong FirstDescriptor = 3;

    /// <summary>The listening socket's descriptor; <see langword="null"/> when the program is to open one itself.</summary>
    /// <param name="variable">An environment variable's value.</param>
    /// <param name="processId">This process: what a parent was given is not for its children.</param>
    /// <exception cref="CliException">There are several sockets, of which only one could be served.</exception>
    public static ulong? Find(Func<string, string?> variable, int processId)
    {
        if (variable("LISTEN_PID") != processId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count == 0)
        {
            return null;
        }

        return count == 1 ? FirstDescriptor : throw new CliException($"the service manager passed {count} sockets, and one is served");
    }
}
