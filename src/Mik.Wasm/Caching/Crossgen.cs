using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Caching;

/// <summary>
/// crossgen2, .NET's ahead-of-time compiler: turns an emitted assembly into one that also holds machine code. It runs in a process of its
/// own, at the lowest priority, so that it takes only time that nobody else wants.
/// </summary>
/// <param name="file">The program.</param>
internal sealed class Crossgen(string file)
{
    private const string ProgramName = "crossgen2";

    // The largest component known takes 13 s of processor time; beside a busy server it gets little of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>The program delivered beside this assembly; null when there is none for this system.</summary>
    public static string? DeliveredFile()
    {
        var path = Path.Combine(AppContext.BaseDirectory, ProgramName, ProgramName);
        return OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(path) ? path : null;
    }

    /// <summary>Compiles one assembly for this processor. Whether there is an output now.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the process is gone.</exception>
    public bool Compile(string input, string output, CancellationToken cancellation)
    {
        // Single-file programs have no assemblies as files to compile against.
        var (core, engine) = (typeof(object).Assembly.Location, typeof(Engine).Assembly.Location);
        if (!File.Exists(core) || !File.Exists(engine) || !MakeExecutable())
        {
            return false;
        }

        // The engine speaks of .NET's types by the names of facades: without those, what calls the engine would silently not be compiled.
        var framework = Path.Combine(Path.GetDirectoryName(core)!, "*.dll");

        string[] arguments =
        [
            input, "-o", output, "-r", framework, "-r", engine,
            "--targetos:linux", "--targetarch:x64", "-O", "--instruction-set:native",
            $"--parallelism:{Math.Max(1, Environment.ProcessorCount / 2)}",
        ];
        try
        {
            return Run("nice", ["-n", "19", file, .. arguments], cancellation);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    // Packages lose the permission on their way.
    private bool MakeExecutable()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        try
        {
            var mode = File.GetUnixFileMode(file);
            if ((mode & UnixFileMode.UserExecute) == 0)
            {
                File.SetUnixFileMode(file, mode | UnixFileMode.UserExecute);
            }

            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Run(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var stop = cancellation.UnsafeRegister(static process => Kill((Process)process!), process);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var isDone = process.WaitForExit(Patience);
        if (!isDone)
        {
            Kill(process);
            process.WaitForExit();
        }

        cancellation.ThrowIfCancellationRequested();
        return isDone && process.ExitCode == 0;
    }

    // `nice` replaces itself by the program, so that this is the only process there is.
    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
