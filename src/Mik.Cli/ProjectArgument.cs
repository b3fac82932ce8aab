using System.CommandLine;
using System.CommandLine.Parsing;

namespace Mik.Cli;

/// <summary>The argument of commands that work on a project or on one component.</summary>
internal static class ProjectArgument
{
    public static Argument<string?> Create()
    {
        var argument = new Argument<string?>("path")
        {
            Description = "The project's directory, or one component (*.wasm) [default: the current directory]",
            Arity = ArgumentArity.ZeroOrOne,
        };

        argument.Validators.Add(RefuseOptions);
        return argument;
    }

    /// <summary>The parser takes an unknown option for a path, which would be looked for in vain.</summary>
    public static void RefuseOptions(ArgumentResult result)
    {
        foreach (var option in result.Tokens.Select(static token => token.Value).Where(static value => value.StartsWith('-')))
        {
            result.AddError($"Unrecognized option '{option}'.");
        }
    }
}
