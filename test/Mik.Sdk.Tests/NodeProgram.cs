using System.Diagnostics;

namespace Mik.Sdk.Tests;

/// <summary>Runs Node.js and what comes with it.</summary>
internal static class NodeProgram
{
    // Far above what anything here takes: only a hang is meant to reach it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The package's directory in the repository, where its tools are installed.</summary>
    public static string SdkDirectory { get; } = Path.Combine(RepositoryRoot.Path, "sdk");

    /// <summary>The path of a tool that the package's lock file names.</summary>
    public static string Tool(string path) => Path.Combine(SdkDirectory, "node_modules", path);

    public static Task<MikProgramResult> NodeAsync(string directory, params string[] arguments) => RunAsync("node", directory, arguments);

    public static Task<MikProgramResult> NpmAsync(string directory, params string[] arguments) =>
        RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", directory, [.. arguments, "--no-audit", "--no-fund", "--loglevel=error"]);

    /// <summary>Runs the type checker as the directory's <c>tsconfig.json</c> says.</summary>
    public static Task<MikProgramResult> TypeCheckAsync(string directory) => NodeAsync(directory, Tool("typescript/bin/tsc"), "-p", ".");

    /// <summary>Runs vitest with its report as JSON.</summary>
    public static Task<MikProgramResult> VitestAsync(string directory, params string[] options) =>
        NodeAsync(directory, [Tool("vitest/vitest.mjs"), "run", "--reporter=json", .. options]);

    private static async Task<MikProgramResult> RunAsync(string program, string directory, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started");
        process.StandardInput.Close();
        return await MikProgramResult.OfAsync(process, Patience);
    }
}
