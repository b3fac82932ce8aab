using System.CommandLine;
using Mik.Server.Hosting;

namespace Mik.Cli.Commands;

/// <summary><c>mik check</c>: says what is wrong with a project without serving it.</summary>
internal static class CheckCommand
{
    public static Command Create(CliOutput output)
    {
        var path = ProjectArgument.Create();
        var command = new Command("check", "Check a project's configuration, components and scripts without serving them") { path };
        command.SetAction((parsed, cancellation) => ExecuteAsync(ProjectLocation.Find(parsed.GetValue(path)), output, cancellation));
        return command;
    }

    private static async Task<int> ExecuteAsync(ProjectLocation location, CliOutput output, CancellationToken cancellation)
    {
        var configured = ProjectConfiguration.Read(location, []);
        ProjectConfiguration.Show(configured.Warnings, output);
        try
        {
            var project = await MikServer.CheckAsync(configured.Config, new MikServerOptions { CodeCache = UserCache.OpenCode(configured.Config, out _) }, cancellation);
            foreach (var problem in project.Broken)
            {
                // What follows the first line is the stack inside the engine that was reading.
                output.WriteError(problem.Split('\n')[0]);
            }

            if (project.Broken.Count > 0)
            {
                return ExitCodes.Failure;
            }

            var tenants = project.Tenants == 0 ? "" : $" of the platform and {Count(project.Tenants, "tenant")}";
            output.WriteLine(
                $"{configured.Config.Project.Name}: {Count(project.Handlers.Count, "handler")} and {Count(project.Scripts.Count, "script")}{tenants} are fine");
            return ExitCodes.Success;
        }
        catch (MikStartException e)
        {
            throw new CliException(e.Message);
        }
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
