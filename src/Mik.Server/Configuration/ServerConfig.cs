using Mik.Wasi.Http.Outgoing;

namespace Mik.Server.Configuration;

/// <summary>The <c>[server]</c> section of <c>mik.toml</c>: where to listen, what to serve, and the limits of what is served.</summary>
public sealed record ServerConfig
{
    /// <summary>
    /// Address to bind: an IP address (IPv6 without brackets) or <c>localhost</c>. Loopback: a program started on a developer's machine is not for the network; <c>0.0.0.0</c> opens it.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to bind; 0 lets the system pick a free one. 3000: what people know from web frameworks.</summary>
    public int Port { get; init; } = 3000;

    /// <summary>Directory of the handlers (<c>*.wasm</c>), relative to the project. Used when it exists.</summary>
    public string Modules { get; init; } = "modules/";

    /// <summary>Directory of the scripts, relative to the project. Used when it exists.</summary>
    public string Scripts { get; init; } = "scripts/";

    /// <summary>Directory of the files under <c>/static/</c>, relative to the project; null serves none.</summary>
    public string? Static { get; init; }

    /// <summary>Directory with one directory of handlers for each tenant, relative to the project; null for none.</summary>
    public string? UserModules { get; init; }

    /// <summary>Directory with one directory of scripts for each tenant, relative to the project; null for none.</summary>
    public string? UserScripts { get; init; }

    /// <summary>
    /// Seconds for which clients may use a static file without asking again; 0 lets them ask every time, as <c>mik dev</c> does. One hour:
    /// a mistake is gone within it.
    /// </summary>
    public int StaticCacheSecs { get; init; } = 3600;

    /// <summary>
    /// Whether answers are compressed for clients that take it. A front end that compresses by itself, or that adds TLS to answers in which
    /// secrets stand beside what attackers choose, is better off without.
    /// </summary>
    public bool Compression { get; init; } = true;

    /// <summary>
    /// Whether changes of handlers and of <c>mik.toml</c> are looked for while the server runs. They are loaded and checked beside what is served, so
    /// that taking them up costs no request.
    /// </summary>
    public bool Reload { get; init; } = true;

    /// <summary>
    /// Largest request body in MiB. Ten: room for documents and photographs, too little to fill memory when many arrive at once.
    /// Zero refuses every body.
    /// </summary>
    public int MaxBodySizeMb { get; init; } = 10;

    /// <summary>Seconds a handler may take for one request. Thirty: where most callers and proxies give up by themselves.</summary>
    public int ExecutionTimeoutSecs { get; init; } = 30;

    /// <summary>Linear memory of one handler instance in MiB. 128: what garbage-collected guest languages are comfortable with.</summary>
    public int MemoryLimitMb { get; init; } = 128;

    /// <summary>Requests in flight in the whole server; more are refused at once. 1000: beyond it, waiting costs more than refusing.</summary>
    public int MaxConcurrentRequests { get; init; } = 1000;

    /// <summary>Requests in flight per handler. A tenth of the server: one slow handler must leave room for the others.</summary>
    public int MaxPerModuleRequests { get; init; } = 100;

    /// <summary>Seconds that requests in flight get to finish after a stop was asked for. Thirty: a full execution timeout.</summary>
    public int ShutdownTimeoutSecs { get; init; } = 30;

    /// <summary>Seconds a script may take for one request, waiting for handlers included. Thirty: as long as one handler may.</summary>
    public int ScriptTimeoutSecs { get; init; } = 30;

    /// <summary>Milliseconds of processor time a script may use for one request. One second: orchestration only moves data about.</summary>
    public int ScriptCpuMs { get; init; } = 1000;

    /// <summary>Memory of one script instance in MiB. 32: three default-sized bodies and their parsed forms.</summary>
    public int ScriptMemoryMb { get; init; } = 32;

    /// <summary>Calls of handlers one script run may make. 100: far above any sensible fan-out, low enough to stop a runaway loop.</summary>
    public int ScriptMaxCalls { get; init; } = 100;

    /// <summary>MiB of compiled code kept on disk. 256: some dozens of components of a megabyte, or six of the largest known; the rest is compiled again when it is needed.</summary>
    public int MaxCacheMb { get; init; } = 256;

    /// <summary>
    /// Hosts that handlers may send requests to: <c>api.example.com</c>, <c>*.example.com</c> (itself and every subdomain) or
    /// <c>*</c>. None: a handler that needs the network says so where an operator can read it.
    /// </summary>
    public IReadOnlyList<string> HttpAllowed { get; init; } = [];

    /// <summary>
    /// Largest response in MiB that a handler may receive to a request of its own. 1024: bodies are not kept, so that it only bounds what
    /// never ends.
    /// </summary>
    public int HttpMaxResponseMb { get; init; } = 1024;

    /// <summary>Whom handlers may contact, and how much they take from them.</summary>
    internal OutgoingPolicy OutgoingPolicy => new(HttpAllowed) { MaxResponseBytes = (long)HttpMaxResponseMb << 20 };
}
