using System.CommandLine;
using Mik.Cli.Logging;
using Mik.Server.Configuration;

namespace Mik.Cli.Commands;

/// <summary>
/// <c>mik dev</c>: serves a project to its developers. What fails is explained in the answer itself, what is edited is taken up at once, and a
/// change of the address starts the server again.
/// </summary>
internal static class DevCommand
{
    /// <summary>Short against the time it takes to switch from an editor to a client.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    public static Command Create(CliOutput output)
    {
        var options = new ServerOptions(LogFormat.Text);
        var command = new Command("dev", "Serve a project while it is being written: reloads what changes, explains what fails in the answer");
        options.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(options.Read(parsed), output));
        return command;
    }

    private static async Task<int> ExecuteAsync(ServerRequest request, CliOutput output)
    {
        var configured = ProjectConfiguration.Read(request.Location, request.Settings);
        using var session = new ServerSession(request, development: true, output);
        while (true)
        {
            // Looks before the server does, so that no change falls between the two.
            var watch = new ProjectWatch(configured.Config);
            if (await session.StartAsync(configured) is not { } server)
            {
                return ExitCodes.Success;
            }

            var live = new LiveProject(server, session, request)
            {
                Accepts = changed => IsAt(server.Config, changed.Config),
                Changed = config => StartupSummary.Write(config, server, output),
            };
            var elsewhere = await live.ServeAsync(watch, WatchInterval);
            var exitCode = await session.StopAsync(server);
            if (elsewhere is null)
            {
                return exitCode;
            }

            configured = elsewhere;
        }
    }

    private static bool IsAt(MikConfig one, MikConfig other) => (one.Server.Host, one.Server.Port) == (other.Server.Host, other.Server.Port);
}
