namespace Mik.Server.Faults;

/// <summary>Who has to act for the request to succeed next time.</summary>
internal enum Blame
{
    /// <summary>Whoever sent the request.</summary>
    Client,

    /// <summary>The handler's author. Only these count against its circuit breaker.</summary>
    Handler,

    /// <summary>The script's author.</summary>
    Script,

    /// <summary>Whoever put the files in place: a handler or script that cannot be loaded.</summary>
    Deployment,

    /// <summary>Nobody: there is more work than the limits admit, or the server is going away.</summary>
    Capacity,

    /// <summary>Us.</summary>
    Host,
}
