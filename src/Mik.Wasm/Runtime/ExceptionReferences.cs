namespace Mik.Wasm.Runtime;

/// <summary>
/// The exceptions that guests of one store hold references to. A reference is a number in memory that nobody can trace, so an
/// exception that was referred to once lives as long as the store; it is counted as memory, which bounds them.
/// </summary>
/// <param name="store">Whose memory they are counted as.</param>
internal sealed class ExceptionReferences(Store store)
{
    // An exception object with its stack trace; measured 200 to 500 bytes.
    private const int BytesEach = 512;

    private readonly List<WasmException> _exceptions = [];

    /// <summary>Whether no exception was ever referred to.</summary>
    public bool IsEmpty => _exceptions.Count == 0;

    /// <exception cref="TrapException">The store's memory is used up.</exception>
    public long ReferenceTo(WasmException exception)
    {
        if (exception.Reference == 0)
        {
            if (!store.TryTakeMemory(BytesEach + (8 * exception.Values.Length)))
            {
                throw new TrapException(TrapCode.HostRefused, $"the references to exceptions are above the limit of {store.Limits.MaxMemoryBytes} bytes");
            }

            _exceptions.Add(exception);
            exception.Reference = _exceptions.Count;
        }

        return exception.Reference;
    }

    /// <exception cref="TrapException">The reference is null.</exception>
    public WasmException Of(long reference) =>
        reference == 0 ? throw new TrapException(TrapCode.NullReference) : _exceptions[checked((int)(reference - 1))];
}
