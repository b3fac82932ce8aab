namespace Mik.Server.Configuration;

/// <summary>
/// What a project asks of the runtime, after the command line, the environment, <c>mik.toml</c> and the defaults have been
/// merged and checked. Immutable: a reload builds a new one.
/// </summary>
/// <remarks>
/// <c>new MikConfig { Directory = path }</c> is a valid configuration: everything else has a default. Code that constructs one
/// by hand skips the checks of <see cref="ConfigReader"/>.
/// </remarks>
public sealed record MikConfig
{
    /// <summary>Absolute path of the project's directory; relative paths of the configuration start here.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Absolute path of the one component to serve (<c>mik run file.wasm</c>), or null to serve the project's directories.
    /// When set, the handlers' directory is not read; scripts and static files are served as configured.
    /// </summary>
    public string? SingleHandlerFile { get; init; }

    /// <summary>The <c>[project]</c> section.</summary>
    public ProjectConfig Project { get; init; } = new();

    /// <summary>The <c>[server]</c> section.</summary>
    public ServerConfig Server { get; init; } = new();

    /// <summary>The <c>[breaker]</c> section.</summary>
    public BreakerConfig Breaker { get; init; } = new();

    /// <summary>The <c>[tracing]</c> section.</summary>
    public TracingConfig Tracing { get; init; } = new();

    /// <summary>The <c>[tenants]</c> section.</summary>
    public TenantsConfig Tenants { get; init; } = new();

    /// <summary>The <c>[http]</c> section.</summary>
    public HttpConfig Http { get; init; } = new();

    /// <summary>The <c>[cors]</c> section.</summary>
    public CorsConfig Cors { get; init; } = new();

    /// <summary>The <c>[security]</c> section.</summary>
    public SecurityConfig Security { get; init; } = new();

    /// <summary>The <c>[[auth]]</c> tables.</summary>
    public IReadOnlyList<AuthConfig> Auth { get; init; } = [];

    /// <summary>The <c>[handlers.name]</c> sections by name; a handler without one has what all have.</summary>
    public IReadOnlyDictionary<string, HandlerConfig> Handlers { get; init; } = new Dictionary<string, HandlerConfig>();

    /// <summary>
    /// The <c>[env]</c> section in the order it was written: all the environment a handler sees. Nothing is inherited from the
    /// process, whose environment holds secrets that are none of a handler's business.
    /// </summary>
    public IReadOnlyList<EnvVariable> Env { get; init; } = [];

    /// <summary>What one handler has, its own section taken together with what all have.</summary>
    /// <param name="name">The handler's name; null for what all have.</param>
    public HandlerConfig Handler(string? name)
    {
        var own = (name is null ? null : Handlers.GetValueOrDefault(name)) ?? new HandlerConfig();
        return own with
        {
            MaxConcurrentRequests = own.MaxConcurrentRequests ?? Server.MaxPerModuleRequests,
            ExecutionTimeoutSecs = own.ExecutionTimeoutSecs ?? Server.ExecutionTimeoutSecs,
            MemoryLimitMb = own.MemoryLimitMb ?? Server.MemoryLimitMb,
        };
    }

    /// <summary>Absolute path of the handlers' directory, which need not exist.</summary>
    public string ModulesDirectory => Path.GetFullPath(Path.Combine(Directory, Server.Modules));

    /// <summary>Absolute path of the scripts' directory, which need not exist.</summary>
    public string ScriptsDirectory => Path.GetFullPath(Path.Combine(Directory, Server.Scripts));

    /// <summary>Absolute path of the static files' directory, or null when none is configured.</summary>
    public string? StaticDirectory => Server.Static is { } files ? Path.GetFullPath(Path.Combine(Directory, files)) : null;

    /// <summary>Absolute path of the directory with the tenants' handlers, or null when none is configured.</summary>
    public string? UserModulesDirectory => Server.UserModules is { } files ? Path.GetFullPath(Path.Combine(Directory, files)) : null;

    /// <summary>Absolute path of the directory with the tenants' scripts, or null when none is configured.</summary>
    public string? UserScriptsDirectory => Server.UserScripts is { } files ? Path.GetFullPath(Path.Combine(Directory, files)) : null;

    /// <summary>Absolute path of a directory that is mounted for a handler.</summary>
    public string PathOf(MountConfig mount) => Path.GetFullPath(Path.Combine(Directory, mount.HostPath));
}
