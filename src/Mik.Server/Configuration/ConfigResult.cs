namespace Mik.Server.Configuration;

/// <summary>A usable configuration and what its owner should know about it.</summary>
public sealed record ConfigResult(MikConfig Config, IReadOnlyList<ConfigProblem> Warnings);
