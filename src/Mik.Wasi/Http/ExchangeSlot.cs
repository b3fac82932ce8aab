namespace Mik.Wasi.Http;

/// <summary>
/// One outgoing request of an instance, from being sent to the end of its response: whoever holds the exchange holds the slot, and
/// gives it back once. Used by the guest's thread alone.
/// </summary>
internal sealed class ExchangeSlot : IDisposable
{
    private readonly WasiContext _context;
    private bool _returned;

    public ExchangeSlot(WasiContext context)
    {
        _context = context;
        context.Exchanges++;
    }

    public void Dispose()
    {
        if (!_returned)
        {
            _returned = true;
            _context.Exchanges--;
        }
    }
}
