namespace Mik.Testing.Results;

/// <summary>What became of a test.</summary>
public enum TestState
{
    /// <summary>It has not been run: the run ended before its turn.</summary>
    NotRun,

    /// <summary>It passed.</summary>
    Passed,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was left out: <c>.skip</c>, or another test's <c>.only</c>.</summary>
    Skipped,

    /// <summary>It is yet to be written.</summary>
    Todo,
}
