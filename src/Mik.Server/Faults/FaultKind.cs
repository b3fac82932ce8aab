namespace Mik.Server.Faults;

/// <summary>Every way a request can fail to be served. One member per row of <see cref="FaultCatalog"/>.</summary>
internal enum FaultKind
{
    RouteUnknown,
    HandlerUnknown,
    ScriptUnknown,
    RequestMalformed,
    BodyNotJson,
    MethodNotAllowed,
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

    HandlerUnloadable,
    HandlerTrapped,
    HandlerTimedOut,
    HandlerOutOfMemory,
    HandlerNoResponse,
    HandlerResponseInvalid,

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

    HostFailed,
}
