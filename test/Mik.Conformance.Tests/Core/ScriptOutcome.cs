namespace Mik.Conformance.Tests.Core;

/// <summary>What happened to a script's commands.</summary>
internal sealed class ScriptOutcome
{
    /// <summary>Assertions that held.</summary>
    public int Passed { get; set; }

    /// <summary>Assertions about modules that need features we do not implement.</summary>
    public int Skipped { get; set; }

    /// <summary>Assertions that need a parser of the text format.</summary>
    public int TextOnly { get; set; }

    /// <summary>By line, what went wrong there. Commands that are no assertions can fail too.</summary>
    public SortedDictionary<int, string> Failures { get; } = [];

    /// <summary>How many of the failures are assertions.</summary>
    public int FailedAssertions { get; set; }

    public int Runnable => Passed + Skipped + FailedAssertions;
}
