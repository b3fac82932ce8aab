using System.CommandLine;
using Mik.Cli.Logging;
using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Cli.Commands;

/// <summary>
/// <c>mik dev</c>: serves a project to its developers. What fails is explained in the answer itself, handlers are loaded again when
/// their files change, as scripts are anyway, and a change of the configuration starts the server again on the same port.
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

            var changed = await ServeAsync(server, watch, session, request, output);
            var exitCode = await session.StopAsync(server);
            if (changed is null)
            {
                return exitCode;
            }

            configured = changed;
        }
    }

    /// <summary>Serves until a signal, or until there is another configuration, which is then the result.</summary>
    private static async Task<ConfigResult?> ServeAsync(
        MikServer server, ProjectWatch watch, ServerSession session, ServerRequest request, CliOutput output)
    {
        using var timer = new PeriodicTimer(WatchInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(session.Signals.Requested))
            {
                switch (watch.Look())
                {
                    case ProjectChange.Handlers:
                        await server.ReloadHandlersAsync(session.Signals.Requested);
                        break;

                    case ProjectChange.Configuration when TryRead(request, output) is { } changed:
                        // Whoever has the address open in a client goes on there, unless another one is asked for.
                        var port = changed.Config.Server.Port is 0 ? new Uri(server.Url).Port : changed.Config.Server.Port;
                        return changed with { Config = changed.Config with { Server = changed.Config.Server with { Port = port } } };
                }
            }
        }
        catch (OperationCanceledException) when (session.Signals.Requested.IsCancellationRequested)
        {
            // Told to stop.
        }

        return null;
    }

    // A configuration with mistakes is shown, and the former one goes on being served.
    private static ConfigResult? TryRead(ServerRequest request, CliOutput output)
    {
        try
        {
            return ProjectConfiguration.Read(request.Location, request.Settings);
        }
        catch (ConfigException e)
        {
            ProjectConfiguration.Show(e.Problems, output);
            return null;
        }
    }
}
