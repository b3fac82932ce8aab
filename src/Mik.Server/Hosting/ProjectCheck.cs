namespace Mik.Server.Hosting;

/// <summary>What a project has, as far as loading tells.</summary>
/// <param name="Handlers">Names of all handlers.</param>
/// <param name="Scripts">Names of all scripts.</param>
/// <param name="Broken">Handlers and scripts that cannot be loaded, each with the reason.</param>
public sealed record ProjectCheck(IReadOnlyList<string> Handlers, IReadOnlyList<string> Scripts, IReadOnlyList<string> Broken);
