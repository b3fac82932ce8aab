using System.Diagnostics;

namespace Mik.TestKit;

/// <summary>How a run of a program ended and what it wrote.</summary>
public sealed record MikProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>Waits for a process with redirected streams to end by itself; ends it, and whatever it started, when that takes too long.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<MikProgramResult> OfAsync(Process process, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return new MikProgramResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
