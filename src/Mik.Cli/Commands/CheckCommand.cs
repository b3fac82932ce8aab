using System.CommandLine;
using Mik.Server.Configuration;

namespace Mik.Cli.Commands;

/// <summary><c>mik check</c>: says what is wrong with a project without serving it.</summary>
internal static class CheckCommand
{
    public static Command Create(CliOutput output)
    {
        var path = ProjectArgument.Create();
        var command = new Command("check", "Check a project's configuration without serving it") { path };
        command.SetAction(parsed => Execute(ProjectLocation.Find(parsed.GetValue(path)), output));
        return command;
    }

    private static int Execute(ProjectLocation location, CliOutput output)
    {
        try
        {
            var result = ProjectConfiguration.Read(location, []);
            ProjectConfiguration.Show(result.Warnings, output);
            output.WriteLine($"{result.Config.Project.Name}: the configuration is valid");
            return ExitCodes.Success;
        }
        catch (ConfigException e)
        {
            return ProjectConfiguration.Refuse(e, [], output);
        }
    }
}
