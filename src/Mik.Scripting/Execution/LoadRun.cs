namespace Mik.Scripting.Execution;

/// <summary>Stands in for a run while a script's modules load: there is no request yet, so nothing can be answered or called.</summary>
internal sealed class LoadRun : IVmRun
{
    // The heap of a fresh engine begins above its 5 MiB stack; what modules may take comes on top.
    private const long EngineBytes = 6L * 1024 * 1024;

    public long MaxMemoryBytes { get; } = EngineBytes + new ScriptLimits().MemoryBytes;

    public double Milliseconds => 0;

    public void Answer(int status, byte[] headersJson, string contentType, byte[] body) => throw NoRequest();

    public void Fail(byte[] report) => throw NoRequest();

    public string? StartCall(int id, RequestedCall call) => throw NoRequest();

    public byte[] CallAndWait(RequestedCall call) => throw NoRequest();

    // Nobody has asked for anything yet, so there is no log to write to.
    public void Log(int level, string message)
    {
    }

    public void WakeAt(double milliseconds) => throw NoRequest();

    private static InvalidOperationException NoRequest() => new("There is no request while modules load.");
}
