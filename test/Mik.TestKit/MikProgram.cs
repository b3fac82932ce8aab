using System.Diagnostics;

namespace Mik.TestKit;

/// <summary>The built program.</summary>
public static class MikProgram
{
    /// <summary>Far above what any run takes, on any machine: only a hang is meant to reach it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const string Activation = """
        use Socket; use POSIX ();
        $^F = 255;
        socket(S, PF_INET, SOCK_STREAM, 0) and bind(S, sockaddr_in(0, INADDR_LOOPBACK)) and listen(S, 128) or die $!;
        POSIX::dup2(fileno(S), 3) if fileno(S) != 3;
        $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1;
        exec @ARGV or die $!;
        """;

    /// <summary>The program that was built along with these tests, in the same configuration.</summary>
    public static string Path { get; } = System.IO.Path.Combine(
        RepositoryRoot.Path, "artifacts", "bin", "Mik.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "mik");

    /// <summary>Starts it with redirected streams, an empty standard input and an environment without settings for it.</summary>
    public static Process Start(string directory, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment) =>
        Start(Path, directory, arguments, environment);

    /// <summary>Starts it with a listening socket as its descriptor 3, as a service manager does; needs Perl, which Debian always has.</summary>
    public static Process StartActivated(string directory, IEnumerable<string> arguments) =>
        Start("perl", directory, ["-e", Activation, Path, .. arguments], []);

    private static Process Start(
        string program, string directory, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static k => k is "HOST" or "PORT" || k.StartsWith("MIK_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["XDG_CACHE_HOME"] = System.IO.Path.Combine(RepositoryRoot.Path, "artifacts", "cache");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Path} could not be started");
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs it to its end, for commands that have one.</summary>
    public static async Task<MikProgramResult> RunAsync(string directory, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(directory, arguments, environment.Select(static e => KeyValuePair.Create(e.Name, e.Value)));
        return await MikProgramResult.OfAsync(process, Patience);
    }
}
