using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Mik.Cli.Commands;
using Mik.Server.Configuration;

namespace Mik.Cli;

/// <summary>The command line as a whole: which commands there are, and how every one of them ends.</summary>
internal static class MikCommandLine
{
    public static string Version { get; } =
        typeof(MikCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static async Task<int> InvokeAsync(string[] args, CliOutput output)
    {
        // A file named @x is a file; response files would be a surprise.
        var parsed = Build(output).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction or null)
        {
            return RefuseUsage(parsed, output);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output.Output,
                Error = output.Error,
                EnableDefaultExceptionHandler = false,

                // Commands that end gracefully listen to signals themselves.
                ProcessTerminationTimeout = null,
            });
        }
        catch (ConfigException e)
        {
            ProjectConfiguration.Show(e.Problems, output);
            return e.IsMisuse ? ExitCodes.Usage : ExitCodes.Failure;
        }
        catch (CliException e)
        {
            output.WriteError(e.Message);
            return ExitCodes.Failure;
        }
        catch (Exception e)
        {
            // Nothing of this kind is the user's fault, so that the whole of it belongs in their report.
            output.WriteError($"mik itself failed: {e}");
            return ExitCodes.Failure;
        }
    }

    private static RootCommand Build(CliOutput output)
    {
        var root = new RootCommand("Serves WebAssembly components and scripts over HTTP.")
        {
            RunCommand.Create(output),
            DevCommand.Create(output),
            CheckCommand.Create(output),
            TestCommand.Create(output),
            TypesCommand.Create(output),
            CacheCommand.Create(output),
        };

        // Without a command there is nothing to do, which is a mistake, although the help is what one wants to see.
        root.SetAction(_ =>
        {
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = output.Error });
            return ExitCodes.Usage;
        });

        root.Directives.Clear();
        root.Options.Remove(root.Options.First(static o => o is VersionOption));
        root.Options.Add(new Option<bool>("--version", "-V")
        {
            Description = "Show the version",
            Recursive = true,
            Arity = ArgumentArity.Zero,
            Action = new VersionAction(output),
        });
        return root;
    }

    private static int RefuseUsage(ParseResult parsed, CliOutput output)
    {
        foreach (var error in parsed.Errors)
        {
            output.WriteError(error.Message);
        }

        var command = parsed.CommandResult.Command;
        output.Error.WriteLine($"Run '{(command is RootCommand ? "mik" : $"mik {command.Name}")} --help' to see how it is used.");
        return ExitCodes.Usage;
    }

    private sealed class VersionAction(CliOutput output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"mik {Version}");
            return ExitCodes.Success;
        }
    }
}
