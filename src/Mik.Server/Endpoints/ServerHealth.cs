namespace Mik.Server.Endpoints;

/// <summary>How the server is, whatever it serves. Thread-safe.</summary>
/// <param name="startedAt">When it was started, as a timestamp of its clock.</param>
internal sealed class ServerHealth(long startedAt)
{
    private volatile string? _refusedConfiguration;

    /// <summary>When the server was started, as a timestamp of its clock.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>Why the configuration as it is on disk is not the one that is served; <see langword="null"/> when it is.</summary>
    public string? RefusedConfiguration
    {
        get => _refusedConfiguration;
        set => _refusedConfiguration = value;
    }
}
