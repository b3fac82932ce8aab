namespace Mik.Wasi;

/// <summary>Unwinds the guest after <c>wasi:cli/exit</c>: an end it asked for, so neither a trap nor a fault of the host.</summary>
internal sealed class GuestExitException(int code) : Exception($"the guest exited with code {code}")
{
    public int Code { get; } = code;
}
