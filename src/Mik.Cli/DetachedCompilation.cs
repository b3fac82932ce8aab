using System.ComponentModel;
using System.Diagnostics;
using Mik.Wasm.Caching;

namespace Mik.Cli;

/// <summary>
/// Commands that end soon have no time to compile what they loaded for the next start: they leave that to another process of this program,
/// which outlives them at the lowest priority.
/// </summary>
internal static class DetachedCompilation
{
    /// <summary>Starts <c>mik cache compile</c> when something waits, and does not wait for it.</summary>
    public static void Start(CodeCache cache)
    {
        // A machine that builds is thrown away afterwards.
        if (!cache.CanCompile || IsBuildServer() || cache.Measure().Waiting == 0 || Environment.ProcessPath is not { } program)
        {
            return;
        }

        // Started as `dotnet mik.dll`, the program is dotnet.
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        try
        {
            // Streams of its own: whoever reads this process's output must not wait for the other's end.
            using var process = Process.Start(new ProcessStartInfo("nice", ["-n", "19", program, .. host, "cache", "compile"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (Win32Exception)
        {
            // A system without `nice`: the next server compiles it.
        }
    }

    private static bool IsBuildServer() => Environment.GetEnvironmentVariable("CI") is not (null or "" or "0" or "false");
}
