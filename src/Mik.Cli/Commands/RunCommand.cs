using System.CommandLine;
using Mik.Cli.Logging;

namespace Mik.Cli.Commands;

/// <summary><c>mik run</c>: serves a project, or one component, until it is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>Files are looked at this often. A deployment takes longer, and a second would be noticed by whoever tries it out.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliOutput output)
    {
        var options = new ServerOptions(LogFormat.Auto);
        var command = new Command("run", "Serve a project, or one component");
        options.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(options.Read(parsed), output));
        return command;
    }

    private static async Task<int> ExecuteAsync(ServerRequest request, CliOutput output)
    {
        var configured = ProjectConfiguration.Read(request.Location, request.Settings);
        using var session = new ServerSession(request, development: false, output);

        // Looks before the server does, so that no change falls between the two.
        var watch = new ProjectWatch(configured.Config);
        if (await session.StartAsync(configured) is not { } server)
        {
            return ExitCodes.Success;
        }

        var interval = configured.Config.Server.Reload ? WatchInterval : Timeout.InfiniteTimeSpan;
        await new LiveProject(server, session, request).ServeAsync(watch, interval);
        return await session.StopAsync(server);
    }
}
