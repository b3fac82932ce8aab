namespace Mik.Testing.Results;

/// <summary>What became of a run as a whole.</summary>
/// <param name="Files">The files that were run, in order.</param>
/// <param name="Duration">How long it took.</param>
public sealed record TestRunSummary(IReadOnlyList<TestFileResult> Files, TimeSpan Duration)
{
    /// <summary>Whether anything failed.</summary>
    public bool HasFailed => Files.Any(static file => file.HasFailed);

    /// <summary>Whether there was anything to run: a run that finds no test has not shown anything.</summary>
    public bool HasTests => Files.Any(static file => file.Tests.Count > 0 || file.Errors.Count > 0);

    /// <summary>How many tests ended like that.</summary>
    public int Count(TestState state) => Files.Sum(file => file.Count(state));
}
