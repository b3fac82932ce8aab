namespace Mik.Conformance.Tests.Components;

/// <summary>What became of one command of a script.</summary>
/// <param name="Failure">What went wrong, or <see langword="null"/>.</param>
/// <param name="Blocker">The line of the command whose failure left nothing to try this one with.</param>
internal sealed record CaseOutcome(string? Failure = null, int? Blocker = null)
{
    public static CaseOutcome Passed { get; } = new();
}
