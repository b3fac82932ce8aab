namespace Mik.Testing.Results;

/// <summary>What became of one test file.</summary>
/// <param name="File">The file, relative to the project's directory, with forward slashes.</param>
public sealed record TestFileResult(string File)
{
    /// <summary>Its tests in order; empty when it could not be loaded.</summary>
    public IReadOnlyList<TestResult> Tests { get; init; } = [];

    /// <summary>What failed outside of any test: loading, a hook after all tests, a rejected promise.</summary>
    public IReadOnlyList<TestError> Errors { get; init; } = [];

    /// <summary>What was written to the console.</summary>
    public IReadOnlyList<ConsoleLine> Console { get; init; } = [];

    /// <summary>How long it took, loading included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The full paths of everything the file's tests were made from; a change in one of them concerns it.</summary>
    public IReadOnlyList<string> SourceFiles { get; init; } = [];

    /// <summary>Whether anything in it failed.</summary>
    public bool HasFailed => Errors.Count > 0 || Tests.Any(static test => test.State == TestState.Failed);

    /// <summary>How many of its tests ended like that.</summary>
    public int Count(TestState state) => Tests.Count(test => test.State == state);
}
