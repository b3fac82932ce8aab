using System.Globalization;

namespace Mik.Server.Configuration;

/// <summary>One thing that is wrong with the configuration, and where.</summary>
public sealed record ConfigProblem
{
    /// <summary>Whether it stops the program.</summary>
    public required ConfigSeverity Severity { get; init; }

    /// <summary>What holds it: a file, "environment variable PORT" or "option --port".</summary>
    public required string Source { get; init; }

    /// <summary>The line in a file, from one; null elsewhere.</summary>
    public int? Line { get; init; }

    /// <summary>The column in a file, from one; null elsewhere.</summary>
    public int? Column { get; init; }

    /// <summary>The key it is about, such as <c>server.port</c>; null when it is about no key.</summary>
    public string? Key { get; init; }

    /// <summary>What is wrong and what is allowed.</summary>
    public required string Message { get; init; }

    /// <summary>In the form editors and terminals turn into a link: <c>mik.toml:4:8: server.port: must be …</c>.</summary>
    public override string ToString()
    {
        var place = Line is null ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
        return Key is null ? $"{place}: {Message}" : $"{place}: {Key}: {Message}";
    }
}
