using Mik.Scripting;

namespace Mik.Testing.Results;

/// <summary>What became of one test.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="Groups">The names of the groups it is in, from the outside in.</param>
public sealed record TestResult(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>The line of its file, from 1, where it is declared; null when it is not known.</summary>
    public int? Line { get; init; }

    /// <summary>What became of it.</summary>
    public TestState State { get; init; }

    /// <summary>Why it failed; empty unless it did.</summary>
    public IReadOnlyList<TestError> Errors { get; init; } = [];

    /// <summary>How long it took, hooks included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The name with those of its groups.</summary>
    public string FullName => string.Join(" > ", [.. Groups, Name]);
}

/// <summary>A line of console output.</summary>
/// <param name="Test">The test it was written by, as its number in the file; null outside of tests.</param>
/// <param name="Level">How loud it is.</param>
/// <param name="Text">What it says; may have several lines.</param>
public sealed record ConsoleLine(int? Test, ScriptLogLevel Level, string Text);
