namespace Mik.Server.Faults;

/// <summary>
/// Carries a fault out of code that can only return its result: reading a request body below a guest or a script. Expected
/// refusals travel as values instead.
/// </summary>
internal sealed class FaultException(Fault fault) : Exception(fault.Detail, fault.Cause)
{
    public Fault Fault { get; } = fault;
}
