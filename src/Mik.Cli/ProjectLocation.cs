namespace Mik.Cli;

/// <summary>What a command was pointed at: a project's directory, or one component.</summary>
/// <param name="Directory">The directory whose <c>mik.toml</c> applies, as the user wrote it.</param>
/// <param name="SingleHandlerFile">The component, or null.</param>
internal sealed record ProjectLocation(string Directory, string? SingleHandlerFile)
{
    /// <summary>Understands the argument of <c>mik run</c> and <c>mik check</c>; the current directory without one.</summary>
    /// <exception cref="CliException">There is no such thing.</exception>
    public static ProjectLocation Find(string? argument)
    {
        if (argument is null)
        {
            return new ProjectLocation(".", null);
        }

        if (System.IO.Directory.Exists(argument))
        {
            return new ProjectLocation(argument, null);
        }

        if (!File.Exists(argument))
        {
            throw new CliException($"there is no file or directory {argument}");
        }

        // The limits and permissions of the project one stands in apply to a single component, too.
        return Path.GetExtension(argument) == ".wasm"
            ? new ProjectLocation(".", argument)
            : throw new CliException($"{argument} is neither a directory nor a component (*.wasm)");
    }
}
