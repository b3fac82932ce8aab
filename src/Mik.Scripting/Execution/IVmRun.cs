namespace Mik.Scripting.Execution;

/// <summary>What a script's virtual machine asks of the run it works for.</summary>
internal interface IVmRun
{
    /// <summary>How far memory may grow, in bytes.</summary>
    long MaxMemoryBytes { get; }

    /// <summary>Milliseconds since the run began.</summary>
    double Milliseconds { get; }

    /// <summary>The script has answered.</summary>
    /// <param name="status">The status.</param>
    /// <param name="headersJson">A list of pairs; empty for none.</param>
    /// <param name="contentType">What the body's kind implies.</param>
    /// <param name="body">The body.</param>
    void Answer(int status, byte[] headersJson, string contentType, byte[] body);

    /// <summary>The script has failed; the report is JSON.</summary>
    void Fail(byte[] report);

    /// <summary>Starts a handler call, whose outcome is to go by that id.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    string? StartCall(int id, RequestedCall call);

    /// <summary>Makes a handler call and blocks until it is over.</summary>
    /// <returns>What <see cref="OlderDialect"/> makes of the outcome.</returns>
    byte[] CallAndWait(RequestedCall call);

    /// <summary>Takes a console message.</summary>
    void Log(int level, string message);

    /// <summary>The first timer is due at that time; negative without timers.</summary>
    void WakeAt(double milliseconds);
}
