namespace Mik.Server.Configuration.Keys;

/// <summary>
/// Every key of the configuration, in the order of the reference page. Reading, ranges, environment variables, nearest names and
/// the reference page all come from this table.
/// </summary>
internal static class ConfigKeys
{
    private static readonly TextRule DirectoryRule = new("a path of a directory", TextForms.Directory);

    /// <summary>How much memory an instance of a handler may be given, in MiB: up to all that a 32-bit memory can address.</summary>
    public static IntegerRule MemoryLimit { get; } = new(1, 4096);

    /// <summary>A section whose keys are the user's own.</summary>
    public const string EnvSection = "env";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        Project("name", "The project's name; by default that of its directory.",
            new TextRule("a letter or '_' followed by at most 63 letters, digits, '_' or '-'", TextForms.ProjectName),
            static p => p.Name, static (p, v) => p with { Name = (string)v }),
        Project("version", "The project's version.",
            new TextRule("a semantic version such as \"1.2.3\"", TextForms.SemanticVersion),
            static p => p.Version, static (p, v) => p with { Version = (string)v }),
        Project("description", "One sentence about the project.", new TextRule("a string", TextForms.Any),
            static p => p.Description, static (p, v) => p with { Description = (string)v }),
        Project("authors", "Who wrote it.", new AuthorsRule(),
            static p => p.Authors, static (p, v) => p with { Authors = (IReadOnlyList<ProjectAuthor>)v }),
        Project("language", "The language its handlers are written in.",
            new TextRule("\"rust\", \"typescript\", \"javascript\" or \"c\"", TextForms.Language),
            static p => p.Language, static (p, v) => p with { Language = (string)v }),

        Server("host", "Address to listen on; 0.0.0.0 opens the server to the network.",
            new TextRule("an IP address or \"localhost\"", TextForms.BindAddress),
            static s => s.Host, static (s, v) => s with { Host = (string)v }, variable: "HOST") with
        { NeedsRestart = true },
        Server("port", "Port to listen on; 0 picks a free one.", new IntegerRule(0, 65535),
            static s => s.Port, static (s, v) => s with { Port = (int)v }, variable: "PORT") with
        { NeedsRestart = true },
        Server("modules", "Directory of the handlers (*.wasm).", DirectoryRule,
            static s => s.Modules, static (s, v) => s with { Modules = (string)v }),
        Server("scripts", "Directory of the scripts.", DirectoryRule,
            static s => s.Scripts, static (s, v) => s with { Scripts = (string)v }),
        Server("user_modules", "Directory with a directory of handlers (*.wasm) for each tenant; no tenant has handlers without it.", DirectoryRule,
            static s => s.UserModules, static (s, v) => s with { UserModules = (string)v }),
        Server("user_scripts", "Directory with a directory of scripts for each tenant; no tenant has scripts without it.", DirectoryRule,
            static s => s.UserScripts, static (s, v) => s with { UserScripts = (string)v }),
        Server("static", "Directory of the files under /static/; none are served without it.", DirectoryRule,
            static s => s.Static, static (s, v) => s with { Static = (string)v }),
        Server("static_cache_secs", "Seconds for which clients may use a static file without asking again; 0 lets them ask every time.", new IntegerRule(0, 31_536_000),
            static s => s.StaticCacheSecs, static (s, v) => s with { StaticCacheSecs = (int)v }),
        Server("compression", "Whether answers of some size are compressed for clients that take it.", new BooleanRule(),
            static s => s.Compression, static (s, v) => s with { Compression = (bool)v }),
        Server("reload", "Whether handlers and this file are taken up when they change; without it, when the process receives SIGHUP.", new BooleanRule(),
            static s => s.Reload, static (s, v) => s with { Reload = (bool)v }) with
        { NeedsRestart = true },
        Server("max_body_size_mb", "Largest request body in MiB; 0 refuses every body.", new IntegerRule(0, 4096),
            static s => s.MaxBodySizeMb, static (s, v) => s with { MaxBodySizeMb = (int)v }),
        Server("execution_timeout_secs", "Seconds a handler may take for one request.", new IntegerRule(1, 300),
            static s => s.ExecutionTimeoutSecs, static (s, v) => s with { ExecutionTimeoutSecs = (int)v }),
        Server("memory_limit_mb", "Memory of one handler instance in MiB.", MemoryLimit,
            static s => s.MemoryLimitMb, static (s, v) => s with { MemoryLimitMb = (int)v }),
        Server("max_concurrent_requests", "Requests in flight in the whole server.", new IntegerRule(1, 100_000),
            static s => s.MaxConcurrentRequests, static (s, v) => s with { MaxConcurrentRequests = (int)v }),
        Server("max_per_module_requests", "Requests in flight per handler; at most max_concurrent_requests.", new IntegerRule(1, 100_000),
            static s => s.MaxPerModuleRequests, static (s, v) => s with { MaxPerModuleRequests = (int)v }),
        Server("shutdown_timeout_secs", "Seconds that requests in flight get to finish when the server stops.", new IntegerRule(0, 3600),
            static s => s.ShutdownTimeoutSecs, static (s, v) => s with { ShutdownTimeoutSecs = (int)v }),
        Server("script_timeout_secs", "Seconds a script may take for one request, waiting for handlers included.", new IntegerRule(1, 300),
            static s => s.ScriptTimeoutSecs, static (s, v) => s with { ScriptTimeoutSecs = (int)v }),
        Server("script_cpu_ms", "Milliseconds of processor time a script may use for one request.", new IntegerRule(1, 300_000),
            static s => s.ScriptCpuMs, static (s, v) => s with { ScriptCpuMs = (int)v }),
        Server("script_memory_mb", "Memory of one script instance in MiB.", new IntegerRule(4, 1024),
            static s => s.ScriptMemoryMb, static (s, v) => s with { ScriptMemoryMb = (int)v }),
        Server("script_max_calls", "Calls of handlers one script run may make.", new IntegerRule(0, 100_000),
            static s => s.ScriptMaxCalls, static (s, v) => s with { ScriptMaxCalls = (int)v }),
        Server("max_cache_mb", "MiB of compiled code kept on disk for the next start.", new IntegerRule(16, 65_536),
            static s => s.MaxCacheMb, static (s, v) => s with { MaxCacheMb = (int)v }),
        Server("http_allowed", "Hosts that handlers may send requests to.",
            new TextListRule(
                "an array of hosts such as [\"api.example.com\", \"*.example.org\"]",
                "a host (\"api.example.com\"), \"*.\" and a host, or \"*\", without scheme, port and path",
                TextForms.AllowedHost),
            static s => s.HttpAllowed, static (s, v) => s with { HttpAllowed = (IReadOnlyList<string>)v }),
        Server("http_max_response_mb", "Largest response in MiB that a handler may receive to a request of its own.", new IntegerRule(1, 65_536),
            static s => s.HttpMaxResponseMb, static (s, v) => s with { HttpMaxResponseMb = (int)v }),

        Breaker("failures", "Consecutive failures of a handler that open its breaker.", new IntegerRule(1, 1000),
            static b => b.Failures, static (b, v) => b with { Failures = (int)v }),
        Breaker("open_secs", "Seconds an open breaker refuses before it probes.", new IntegerRule(1, 3600),
            static b => b.OpenSecs, static (b, v) => b with { OpenSecs = (int)v }),
        Breaker("half_open_probes", "Requests let through while probing, and successes needed to close.", new IntegerRule(1, 100),
            static b => b.HalfOpenProbes, static (b, v) => b with { HalfOpenProbes = (int)v }),

        Tracing("enabled", "Whether spans are sent, if there is an address to send them to.", new BooleanRule(),
            static t => t.Enabled, static (t, v) => t with { Enabled = (bool)v }),
        Tracing("otlp_endpoint", "Address of a collector that takes OTLP, such as http://localhost:4317; no spans without it.",
            new TextRule("an http or https URL", TextForms.HttpAddress),
            static t => t.OtlpEndpoint, static (t, v) => t with { OtlpEndpoint = (string)v },
            "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        Tracing("otlp_protocol", "How to talk to it; by default HTTP on port 4318 or where the address has a path, gRPC elsewhere.",
            new TextRule("\"grpc\" or \"http/protobuf\"", static text => text is "grpc" or "http/protobuf" ? text : null),
            static t => t.OtlpProtocol, static (t, v) => t with { OtlpProtocol = (string)v },
            "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
        Tracing("service_name", "What the spans' service is called.", new TextRule("a string that is not empty", static text => text.Length > 0 ? text : null),
            static t => t.ServiceName, static (t, v) => t with { ServiceName = (string)v }, "OTEL_SERVICE_NAME"),

        Tenants("shared", "Platform handlers that tenants' scripts may call.",
            new TextListRule("an array of handlers such as [\"auth\"]", "the name of a handler", TextForms.EntryName),
            static t => t.Shared, static (t, v) => t with { Shared = (IReadOnlyList<string>)v }),
        Tenants("idle_secs", "Seconds after its last request until a tenant's handler or script is dropped from memory.", new IntegerRule(1, 86_400),
            static t => t.IdleSecs, static (t, v) => t with { IdleSecs = (int)v }),

        TenantLimit("concurrency", "Handlers and scripts of a tenant that run at once, scripts' calls included.", new IntegerRule(1, 100_000),
            static l => l.Concurrency, static (l, v) => l with { Concurrency = (int)v }),
        TenantLimit("cpu_ms_per_sec", "Milliseconds of processor time a tenant may use in each second.", new IntegerRule(1, 1_000_000),
            static l => l.CpuMsPerSec, static (l, v) => l with { CpuMsPerSec = (int)v }),
        TenantLimit("memory_mb", "MiB of memory a tenant's handlers and scripts may have at once.", new IntegerRule(16, 1_048_576),
            static l => l.MemoryMb, static (l, v) => l with { MemoryMb = (int)v }),

        Http("max_connections", "Connections at a time; more are closed at once.", new IntegerRule(1, 1_000_000),
            static h => h.MaxConnections, static (h, v) => h with { MaxConnections = (int)v }),
        Http("max_streams_per_connection", "Requests at a time on one HTTP/2 connection.", new IntegerRule(1, 10_000),
            static h => h.MaxStreamsPerConnection, static (h, v) => h with { MaxStreamsPerConnection = (int)v }),
        Http("header_timeout_secs", "Seconds in which a request's headers must have arrived.", new IntegerRule(1, 600),
            static h => h.HeaderTimeoutSecs, static (h, v) => h with { HeaderTimeoutSecs = (int)v }),
        Http("keep_alive_secs", "Seconds that a connection stays open between requests.", new IntegerRule(1, 3600),
            static h => h.KeepAliveSecs, static (h, v) => h with { KeepAliveSecs = (int)v }),
        Http("min_bytes_per_sec", "Bytes per second that a client must send of its body and take of its answer, after five seconds' grace; 0 asks for nothing.", new IntegerRule(0, 1_000_000),
            static h => h.MinBytesPerSec, static (h, v) => h with { MinBytesPerSec = (int)v }),

        Cors("origins", "Origins whose pages may read answers, or \"*\" for all; without them this section does nothing.",
            new TextListRule("an array of origins such as [\"https://app.example.com\"]", "an origin (\"https://app.example.com\") or \"*\"", TextForms.Origin),
            static o => o.Origins, static (o, v) => o with { Origins = (IReadOnlyList<string>)v }),
        Cors("methods", "Methods that such pages may use.", new TextListRule("an array of methods", "a method such as \"PUT\"", TextForms.Token),
            static o => o.Methods, static (o, v) => o with { Methods = (IReadOnlyList<string>)v }),
        Cors("headers", "Headers that such pages may send.", new TextListRule("an array of header names", "a header's name", TextForms.Token),
            static o => o.Headers, static (o, v) => o with { Headers = (IReadOnlyList<string>)v }),
        Cors("exposed_headers", "Headers of answers that such pages may read.", new TextListRule("an array of header names", "a header's name", TextForms.Token),
            static o => o.ExposedHeaders, static (o, v) => o with { ExposedHeaders = (IReadOnlyList<string>)v }),
        Cors("credentials", "Whether cookies and other credentials go along; not together with all origins.", new BooleanRule(),
            static o => o.Credentials, static (o, v) => o with { Credentials = (bool)v }),
        Cors("max_age_secs", "Seconds for which browsers remember what they were allowed.", new IntegerRule(0, 86_400),
            static o => o.MaxAgeSecs, static (o, v) => o with { MaxAgeSecs = (int)v }),

        Security("headers", "Whether answers tell browsers not to guess types, not to show them in frames, and not to pass on where they are.", new BooleanRule(),
            static o => o.Headers, static (o, v) => o with { Headers = (bool)v }),
        Security("hsts_secs", "Seconds for which browsers use nothing but HTTPS; 0 says nothing about it.", new IntegerRule(0, 63_072_000),
            static o => o.HstsSecs, static (o, v) => o with { HstsSecs = (int)v }),
        Security("content_security_policy", "The value of Content-Security-Policy.", new TextRule("a header's value", static text => Pipeline.HeaderRules.IsValue(text) ? text : null),
            static o => o.ContentSecurityPolicy, static (o, v) => o with { ContentSecurityPolicy = (string)v }),
    ];

    /// <summary>The sections a file may have, those with the user's own keys included.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. All.Select(static k => k.Section).Distinct(), HandlerKeys.Section, AuthKeys.Section, EnvSection];

    public static ConfigKey? Find(string section, string name) => All.FirstOrDefault(k => k.Section == section && k.Name == name);

    public static ConfigKey Get(string fullName) => All.First(k => k.FullName == fullName);

    private static ConfigKey Project(
        string name, string summary, ConfigRule rule, Func<ProjectConfig, object?> get, Func<ProjectConfig, object, ProjectConfig> set) => new()
        {
            Section = "project",
            Name = name,
            Summary = summary,
            Rule = rule,
            Get = c => get(c.Project),
            Set = (c, v) => c with { Project = set(c.Project, v) },
        };

    private static ConfigKey Server(
        string name,
        string summary,
        ConfigRule rule,
        Func<ServerConfig, object?> get,
        Func<ServerConfig, object, ServerConfig> set,
        string? variable = null) => new()
        {
            Section = "server",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = variable is null ? [Variable(name)] : [variable, Variable(name)],
            Get = c => get(c.Server),
            Set = (c, v) => c with { Server = set(c.Server, v) },
        };

    private static ConfigKey Breaker(
        string name, string summary, ConfigRule rule, Func<BreakerConfig, object?> get, Func<BreakerConfig, object, BreakerConfig> set) => new()
        {
            Section = "breaker",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = [Variable($"breaker_{name}")],
            Get = c => get(c.Breaker),
            Set = (c, v) => c with { Breaker = set(c.Breaker, v) },
        };

    private static ConfigKey Tracing(
        string name,
        string summary,
        ConfigRule rule,
        Func<TracingConfig, object?> get,
        Func<TracingConfig, object, TracingConfig> set,
        params string[] variables) => new()
        {
            Section = "tracing",
            Name = name,
            Summary = summary,
            Rule = rule,
            NeedsRestart = true,
            Variables = [.. variables, Variable($"tracing_{name}")],
            Get = c => get(c.Tracing),
            Set = (c, v) => c with { Tracing = set(c.Tracing, v) },
        };

    private static ConfigKey Tenants(
        string name, string summary, ConfigRule rule, Func<TenantsConfig, object?> get, Func<TenantsConfig, object, TenantsConfig> set) => new()
        {
            Section = "tenants",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = [Variable($"tenants_{name}")],
            Get = c => get(c.Tenants),
            Set = (c, v) => c with { Tenants = set(c.Tenants, v) },
        };

    private static ConfigKey TenantLimit(
        string name, string summary, ConfigRule rule, Func<TenantLimitsConfig, object?> get, Func<TenantLimitsConfig, object, TenantLimitsConfig> set) => new()
        {
            Section = "tenants.limits",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = [Variable($"tenants_limits_{name}")],
            Get = c => get(c.Tenants.Limits),
            Set = (c, v) => c with { Tenants = c.Tenants with { Limits = set(c.Tenants.Limits, v) } },
        };

    private static ConfigKey Http(
        string name, string summary, ConfigRule rule, Func<HttpConfig, object?> get, Func<HttpConfig, object, HttpConfig> set) => new()
        {
            Section = "http",
            Name = name,
            Summary = summary,
            Rule = rule,
            NeedsRestart = true,
            Variables = [Variable($"http_{name}")],
            Get = c => get(c.Http),
            Set = (c, v) => c with { Http = set(c.Http, v) },
        };

    private static ConfigKey Cors(
        string name, string summary, ConfigRule rule, Func<CorsConfig, object?> get, Func<CorsConfig, object, CorsConfig> set) => new()
        {
            Section = "cors",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = [Variable($"cors_{name}")],
            Get = c => get(c.Cors),
            Set = (c, v) => c with { Cors = set(c.Cors, v) },
        };

    private static ConfigKey Security(
        string name, string summary, ConfigRule rule, Func<SecurityConfig, object?> get, Func<SecurityConfig, object, SecurityConfig> set) => new()
        {
            Section = "security",
            Name = name,
            Summary = summary,
            Rule = rule,
            Variables = [Variable($"security_{name}")],
            Get = c => get(c.Security),
            Set = (c, v) => c with { Security = set(c.Security, v) },
        };

    private static string Variable(string name) => $"MIK_{name.ToUpperInvariant()}";
}
