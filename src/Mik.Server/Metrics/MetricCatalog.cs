namespace Mik.Server.Metrics;

/// <summary>
/// Every metric there is. Labels take their values from what is loaded and from the tables of this program, never from what clients
/// send: <c>name</c> and <c>handler</c> are names of handlers and scripts that exist, or <see cref="UnknownName"/>.
/// </summary>
internal static class MetricCatalog
{
    /// <summary>Stands for every name that nothing has.</summary>
    public const string UnknownName = "_unknown";

    /// <summary>
    /// The name of everything that is a tenant's: there may be thousands, and the numbers of each would push out those of the platform.
    /// </summary>
    public const string TenantsName = "_tenants";

    /// <summary>Stands for all that a metric has no room for.</summary>
    public const string OtherName = "_other";

    /// <summary>The runtime's own meter.</summary>
    public const string RuntimeMeter = "System.Runtime";

    // A small handler takes 50 µs, and nothing may take longer than its timeout, 30 s unless configured otherwise.
    private static readonly double[] Durations =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    // From a module of a few functions to a language's whole runtime.
    private static readonly double[] CompileTimes = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public static readonly MetricDefinition Requests = new(
        "mik_requests_total", "mik.requests", MetricKind.Counter, "{request}", ["route", "name", "status"],
        "Requests by what they were for and the class of the answer's status; gone: the client left before its answer.");

    public static readonly MetricDefinition RequestDuration = new(
        "mik_request_duration_seconds", "mik.request.duration", MetricKind.Histogram, "s", ["route", "name"],
        "Time from a request's head to the end of its answer.")
    { Buckets = Durations };

    public static readonly MetricDefinition ResponseBytes = new(
        "mik_response_body_bytes_total", "mik.response.body", MetricKind.Counter, "By", ["route", "name"],
        "Bytes of the bodies of answers, before compression.");

    public static readonly MetricDefinition RequestsInFlight = new(
        "mik_requests_in_flight", "mik.requests_in_flight", MetricKind.Gauge, "{request}", [],
        "Requests for handlers and scripts that are being served.");

    public static readonly MetricDefinition RequestsLimit = new(
        "mik_requests_limit", "mik.requests_limit", MetricKind.Gauge, "{request}", [],
        "The most of them at once: max_concurrent_requests.");

    public static readonly MetricDefinition Faults = new(
        "mik_faults_total", "mik.faults", MetricKind.Counter, "{fault}", ["fault", "blame", "route", "name"],
        "Requests that failed, by problem (the last part of its type) and by who has to act. Limits that were hit are blame=\"capacity\".");

    public static readonly MetricDefinition HandlerRuns = new(
        "mik_handler_runs_total", "mik.handler.runs", MetricKind.Counter, "{run}", ["handler", "caller", "outcome"],
        "Runs of handlers by who asked (client, script) and how they ended: answered, or the problem. Runs that were refused included.");

    public static readonly MetricDefinition HandlerRunDuration = new(
        "mik_handler_run_duration_seconds", "mik.handler.run.duration", MetricKind.Histogram, "s", ["handler"],
        "Time from a run's admission to the moment its guest has left.")
    { Buckets = Durations };

    public static readonly MetricDefinition HandlerInstances = new(
        "mik_handler_instances_total", "mik.handler.instances", MetricKind.Counter, "{instance}", ["handler", "origin"],
        "Instances handed to runs of handlers: warm ones from the pool, or new ones.")
    { Meter = Components.Runtime.ComponentMetrics.MeterName };

    public static readonly MetricDefinition HandlerRunsInFlight = new(
        "mik_handler_runs_in_flight", "mik.handler.runs_in_flight", MetricKind.Gauge, "{run}", ["handler"],
        "Runs of a handler that are under way.");

    public static readonly MetricDefinition HandlerRunsLimit = new(
        "mik_handler_runs_limit", "mik.handler.runs_limit", MetricKind.Gauge, "{run}", ["handler"],
        "The most of them at once: max_per_module_requests.");

    public static readonly MetricDefinition Handlers = new(
        "mik_handlers", "mik.handlers", MetricKind.Gauge, "{handler}", ["status"],
        "Handlers by status: ready, or broken when they cannot be loaded.");

    public static readonly MetricDefinition Scripts = new(
        "mik_scripts", "mik.scripts", MetricKind.Gauge, "{script}", ["status"],
        "Scripts by status: ready, or broken when they cannot be loaded.");

    public static readonly MetricDefinition BreakerState = new(
        "mik_circuit_breaker_state", "mik.circuit_breaker.state", MetricKind.Gauge, "", ["handler"],
        "State of a handler's circuit breaker: 0 closed, 1 open, 2 half-open.");

    public static readonly MetricDefinition BreakerOpened = new(
        "mik_circuit_breaker_opened_total", "mik.circuit_breaker.opened", MetricKind.Counter, "", ["handler"],
        "How often a handler's circuit breaker opened.");

    public static readonly MetricDefinition ScriptCalls = new(
        "mik_script_calls_total", "mik.script.calls", MetricKind.Counter, "{call}", ["handler", "result"],
        "Calls of handlers by scripts: the class of the answer's status, or the code of the failure.");

    public static readonly MetricDefinition ScriptCallDuration = new(
        "mik_script_call_duration_seconds", "mik.script.call.duration", MetricKind.Histogram, "s", ["handler"],
        "Time that scripts wait for a call's whole answer.")
    { Buckets = Durations };

    public static readonly MetricDefinition ScriptCpu = new(
        "mik_script_cpu_seconds_total", "mik.script.cpu", MetricKind.Counter, "s", ["script"],
        "Processor time that scripts used.");

    public static readonly MetricDefinition ScriptInstances = new(
        "mik_script_instances_total", "mik.script.instances", MetricKind.Counter, "{instance}", ["script", "origin"],
        "Virtual machines handed to runs of scripts: warm ones from the pool, or new ones.");

    public static readonly MetricDefinition GuestThreads = new(
        "mik_guest_threads", "mik.guest.threads", MetricKind.Gauge, "{thread}", [],
        "Threads that run guests, idle ones included.");

    public static readonly MetricDefinition GuestQueue = new(
        "mik_guest_queue_length", "mik.guest.queue_length", MetricKind.Gauge, "{item}", [],
        "Pieces of work that wait for such a thread.");

    public static readonly MetricDefinition EngineCompile = new(
        "mik_engine_compile_duration_seconds", "mik.engine.compile.duration", MetricKind.Histogram, "s", [],
        "Time to decode, validate and translate one core module; machine code is made as functions are first used, see dotnet_jit_compilation_time_seconds_total.")
    { Meter = Wasm.Runtime.EngineMetrics.MeterName, Buckets = CompileTimes };

    public static readonly MetricDefinition EngineCompiledBytes = new(
        "mik_engine_compiled_bytes_total", "mik.engine.compiled", MetricKind.Counter, "By", [],
        "Bytes of WebAssembly that were compiled.")
    { Meter = Wasm.Runtime.EngineMetrics.MeterName };

    public static readonly MetricDefinition EngineMemories = new(
        "mik_engine_memories_total", "mik.engine.memories", MetricKind.Counter, "{memory}", ["origin"],
        "Memories handed to instances: warm ones from the pool, or new ones.")
    { Meter = Wasm.Runtime.EngineMetrics.MeterName };

    public static readonly MetricDefinition EngineMemoriesParked = new(
        "mik_engine_memories_idle", "mik.engine.memories_idle", MetricKind.Gauge, "{memory}", [],
        "Memories that wait in the pool.")
    { Meter = Wasm.Runtime.EngineMetrics.MeterName };

    public static readonly MetricDefinition CodeCacheLookups = new(
        "mik_code_cache_lookups_total", "mik.code_cache.lookups", MetricKind.Counter, "{module}", ["result"],
        "Modules whose machine code was in the cache on disk (hit), or was not (miss).");

    public static readonly MetricDefinition CodeCacheSize = new(
        "mik_code_cache_size_bytes", "mik.code_cache.size", MetricKind.Gauge, "By", [],
        "Size of that cache, whoever filled it.");

    public static readonly MetricDefinition BuildVersion = new(
        "mik_build_info", "mik.build.info", MetricKind.Gauge, "", ["version", "runtime"],
        "Always 1; the labels say which mik this is, on which .NET.");

    public static readonly MetricDefinition ProcessCpu = new(
        "process_cpu_seconds_total", "process.cpu", MetricKind.Counter, "s", [], "Processor time of the whole process.");

    public static readonly MetricDefinition ProcessStart = new(
        "process_start_time_seconds", "process.start_time", MetricKind.Gauge, "s", [], "When the process started, since the epoch.");

    public static readonly MetricDefinition ProcessResident = new(
        "process_resident_memory_bytes", "process.resident_memory", MetricKind.Gauge, "By", [],
        "Memory of the process that is in place.");

    public static readonly MetricDefinition ProcessVirtual = new(
        "process_virtual_memory_bytes", "process.virtual_memory", MetricKind.Gauge, "By", [],
        "Address space of the process; large on purpose, see guard pages.");

    public static readonly MetricDefinition ProcessOpenFiles = new(
        "process_open_fds", "process.open_fds", MetricKind.Gauge, "", [], "Open file descriptors (Linux).");

    public static readonly MetricDefinition ProcessMaxFiles = new(
        "process_max_fds", "process.max_fds", MetricKind.Gauge, "", [], "The most there may be (Linux).");

    public static readonly MetricDefinition ProcessThreads = new(
        "process_threads", "process.threads", MetricKind.Gauge, "", [], "Threads of the process.");

    /// <summary>All of them, in the order of the exposition and of the reference page.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Requests, RequestDuration, ResponseBytes, RequestsInFlight, RequestsLimit, Faults,
        Handlers, HandlerRuns, HandlerRunDuration, HandlerInstances, HandlerRunsInFlight, HandlerRunsLimit, BreakerState, BreakerOpened,
        Scripts, ScriptCalls, ScriptCallDuration, ScriptCpu, ScriptInstances,
        GuestThreads, GuestQueue, EngineCompile, EngineCompiledBytes, EngineMemories, EngineMemoriesParked,
        CodeCacheLookups, CodeCacheSize,
        BuildVersion, ProcessCpu, ProcessStart, ProcessResident, ProcessVirtual, ProcessOpenFiles, ProcessMaxFiles, ProcessThreads,
        Runtime("dotnet_gc_collections_total", "dotnet.gc.collections", MetricKind.Counter, "{collection}", ["gc_heap_generation"],
            "Garbage collections by generation."),
        Runtime("dotnet_gc_pause_time_seconds_total", "dotnet.gc.pause.time", MetricKind.Counter, "s", [],
            "Time the process stood still for garbage collections."),
        Runtime("dotnet_gc_heap_total_allocated_bytes_total", "dotnet.gc.heap.total_allocated", MetricKind.Counter, "By", [],
            "Bytes allocated on the managed heap."),
        Runtime("dotnet_gc_last_collection_heap_size_bytes", "dotnet.gc.last_collection.heap.size", MetricKind.Gauge, "By", ["gc_heap_generation"],
            "Size of the managed heap after the last collection, by generation."),
        Runtime("dotnet_jit_compilation_time_seconds_total", "dotnet.jit.compilation.time", MetricKind.Counter, "s", [],
            "Time that making machine code took, for guests and for mik itself."),
        Runtime("dotnet_jit_compiled_methods_total", "dotnet.jit.compiled_methods", MetricKind.Counter, "{method}", [],
            "Methods that machine code was made of."),
        Runtime("dotnet_thread_pool_thread_count", "dotnet.thread_pool.thread.count", MetricKind.Gauge, "{thread}", [],
            "Threads that serve sockets and timers."),
        Runtime("dotnet_thread_pool_queue_length", "dotnet.thread_pool.queue.length", MetricKind.Gauge, "{work_item}", [],
            "Pieces of work that wait for such a thread."),
    ];

    private static MetricDefinition Runtime(string name, string instrument, MetricKind kind, string unit, string[] labels, string help) =>
        new(name, instrument, kind, unit, labels, help) { Meter = RuntimeMeter };
}
