using System.CommandLine;

namespace Mik.Cli.Commands;

/// <summary><c>mik types</c>: gives a project the declarations that editors and type checkers read, without npm.</summary>
internal static class TypesCommand
{
    private static readonly string[] CompilerConfigurations = ["tsconfig.json", "jsconfig.json"];

    public static Command Create(CliOutput output)
    {
        var path = new Argument<string?>("path") { Description = "The project's directory [default: the current directory]", Arity = ArgumentArity.ZeroOrOne };
        path.Validators.Add(ProjectArgument.RefuseOptions);
        var command = new Command("types", $"Write the types of mik-sdk to {ScriptDeclarations.Directory}, and a tsconfig.json if there is none") { path };
        command.SetAction(parsed => Execute(parsed.GetValue(path), output));
        return command;
    }

    private static int Execute(string? argument, CliOutput output)
    {
        var location = ProjectLocation.Find(argument);
        if (location.SingleHandlerFile is not null)
        {
            throw new CliException($"{argument} is a component: types are for the scripts of a project's directory");
        }

        var configured = ProjectConfiguration.Read(location, []);
        ProjectConfiguration.Show(configured.Warnings, output);
        try
        {
            var directory = location.Directory == "." ? "" : location.Directory;
            ScriptDeclarations.Write(directory);
            output.WriteLine($"the declarations of mik-sdk are in {Path.Combine(directory, ScriptDeclarations.Directory)}");
            Configure(directory, ScriptDeclarations.CompilerConfiguration(configured.Config), output);
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the declarations cannot be written: {e.Message}");
        }
    }

    // What somebody else wrote is never changed: it may have comments, and reasons.
    private static void Configure(string directory, string configuration, CliOutput output)
    {
        var existing = CompilerConfigurations.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (existing is null)
        {
            var created = Path.Combine(directory, CompilerConfigurations[0]);
            File.WriteAllText(created, configuration);
            output.WriteLine($"{created} is new and lets editors find them");
        }
        else if (!File.ReadAllText(existing).Contains(ScriptDeclarations.Directory, StringComparison.Ordinal))
        {
            output.WriteLine($"{existing} is left as it is; to find them it needs what this has of paths and files:");
            output.WriteLine("");
            output.Output.Write(configuration);
        }
    }
}
