namespace Mik.Server.Faults;

/// <summary>Every way a request can fail to be served. One member per row of <see cref="FaultCatalog"/>.</summary>
internal enum FaultKind
{
    RouteUnknown,
    HandlerUnknown,
    ScriptUnknown,
    FileUnknown,
    FilePathInvalid,
    RequestMalformed,
    BodyNotJson,
    CredentialsRequired,
    MethodNotAllowed,
    PreconditionFailed,
    RangeNotSatisfiable,
    BodyTooSlow,
    BodyTooLarge,
    PathTooLong,
    HeadersTooLarge,

    /// <summary>The client went away or stopped reading. Recorded, never sent.</summary>
    ClientGone,

    HandlerSaturated,
    CircuitOpen,
    ServerSaturated,
    Draining,

    FileUnreadable,

    HandlerUnloadable,
    HandlerTrapped,
    HandlerTimedOut,
    HandlerOutOfMemory,
    HandlerNoResponse,
    HandlerResponseInvalid,

    ScriptSaturated,
    ScriptCircuitOpen,
    ScriptUnloadable,
    ScriptThrew,
    ScriptTimedOut,
    ScriptCpuExceeded,
    ScriptOutOfMemory,
    ScriptStackExhausted,
    ScriptCallLimit,
    ScriptCallDepth,
    ScriptCallTooLarge,
    ScriptAnswerTooLarge,
    ScriptAnswerInvalid,

    CallModuleNotFound,
    CallCircuitOpen,
    CallRateLimited,
    CallTimedOut,
    CallHandlerError,

    TenantSaturated,
    TenantCpuExceeded,
    TenantOutOfMemory,

    HostFailed,
}
