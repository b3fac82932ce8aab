namespace Mik.Server.Configuration;

/// <summary>One author of a project.</summary>
public readonly record struct ProjectAuthor(string Name, string? Email);
