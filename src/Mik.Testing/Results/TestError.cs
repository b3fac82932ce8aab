namespace Mik.Testing.Results;

/// <summary>Why a test, a hook or a file failed.</summary>
/// <param name="Message">What happened, with the error's name where it says something.</param>
public sealed record TestError(string Message)
{
    /// <summary>What an assertion expected, as text; null when that is not what failed.</summary>
    public string? Expected { get; init; }

    /// <summary>What it received instead.</summary>
    public string? Actual { get; init; }

    /// <summary>Both line by line: <c>-</c> expected, <c>+</c> received.</summary>
    public string? Diff { get; init; }

    /// <summary>The file it points to, relative to the project's directory, where known.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="File"/>, from 1.</summary>
    public int? Column { get; init; }

    /// <summary>The stack of the user's own frames, one a line.</summary>
    public string? Stack { get; init; }

    /// <summary>What caused it.</summary>
    public TestError? Cause { get; init; }

    /// <summary>Where it is, as compilers write it; empty when it is nowhere in particular.</summary>
    public string Position => (File, Line, Column) switch
    {
        (null, _, _) => "",
        (var file, null, _) => file,
        (var file, var line, null) => $"{file}:{line}",
        var (file, line, column) => $"{file}:{line}:{column}",
    };
}
