using System.CommandLine;
using Mik.Cli.Logging;

namespace Mik.Cli.Commands;

/// <summary><c>mik run</c>: serves a project, or one component, until it is told to stop.</summary>
internal static class RunCommand
{
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
        if (await session.StartAsync(configured) is not { } server)
        {
            return ExitCodes.Success;
        }

        await session.Signals.RequestedAsync();
        return await session.StopAsync(server);
    }
}
