namespace Mik.Server.Configuration;

/// <summary>The <c>[project]</c> section of <c>mik.toml</c>: who this project is. Nothing of it changes how requests are served.</summary>
public sealed record ProjectConfig
{
    /// <summary>The project's name; the name of its directory when none is written.</summary>
    public string Name { get; init; } = "app";

    /// <summary>The project's version (SemVer 2.0).</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>One sentence about the project.</summary>
    public string? Description { get; init; }

    /// <summary>Who wrote it.</summary>
    public IReadOnlyList<ProjectAuthor> Authors { get; init; } = [];

    /// <summary>The language its handlers are written in, for commands that build them.</summary>
    public string? Language { get; init; }
}
