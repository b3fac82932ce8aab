using Mik.Testing;
using Mik.Testing.Results;

namespace Mik.Cli;

/// <summary>Which test files <c>mik test</c> was asked to run, and of which project.</summary>
/// <param name="Directory">The project's directory: the nearest with a <c>mik.toml</c> around the first path, or that path itself.</param>
/// <param name="Paths">The full paths of files and directories.</param>
internal sealed record TestSelection(string Directory, IReadOnlyList<string> Paths)
{
    /// <summary>What leads from the current directory to the project's; empty when that is it.</summary>
    public string PathPrefix
    {
        get
        {
            var relative = Path.GetRelativePath(System.IO.Directory.GetCurrentDirectory(), Directory).Replace(Path.DirectorySeparatorChar, '/');
            return relative == "." ? "" : relative + "/";
        }
    }

    /// <summary>Understands the arguments; the current directory without any.</summary>
    /// <exception cref="CliException">One of them is not there, or of another project.</exception>
    public static TestSelection Of(IReadOnlyList<string> arguments)
    {
        var paths = (arguments.Count == 0 ? ["."] : arguments).Select(Existing).ToList();
        var directory = ProjectOf(paths[0]);
        foreach (var path in paths)
        {
            if (path != directory && !path.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new CliException($"{path} is not in the project {directory}; test one project at a time");
            }
        }

        return new TestSelection(directory, paths);
    }

    /// <summary>The full paths of the test files there are now, in order.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Paths.SelectMany(static path => System.IO.Directory.Exists(path) ? TestFiles.Under(path) : [path]).Where(File.Exists).Distinct(StringComparer.Ordinal)];

    /// <summary>The full path of a file that was run.</summary>
    public string FileOf(TestFileResult result) => Path.Combine(Directory, result.File.Replace('/', Path.DirectorySeparatorChar));

    private static string Existing(string argument)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(argument));
        if (System.IO.Directory.Exists(path))
        {
            return path;
        }

        return !File.Exists(path) ? throw new CliException($"there is no file or directory {argument}")
            : TestFiles.IsTest(path) ? path
            : throw new CliException($"{argument} is no test: its name has to end in .test or .spec before .ts, .mts, .js or .mjs");
    }

    private static string ProjectOf(string path)
    {
        var start = System.IO.Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        for (var directory = start; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "mik.toml")))
            {
                return directory;
            }
        }

        return start;
    }
}
