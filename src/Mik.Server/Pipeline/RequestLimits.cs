using Mik.Server.Faults;

namespace Mik.Server.Pipeline;

/// <summary>
/// How large a request may be before it is looked at. The web server's own limits lie well above: what it refuses gets a bare status,
/// what is refused here gets a problem document.
/// </summary>
/// <param name="MaxBodyBytes">The largest body.</param>
internal sealed record RequestLimits(long MaxBodyBytes)
{
    /// <summary>32 KiB: as much as common servers take; a dozen large cookies fit.</summary>
    public const int MaxHeaderBytes = 32 * 1024;

    /// <summary>100: as many as common servers take.</summary>
    public const int MaxHeaders = 100;

    /// <summary>What is too large about a request, if anything is.</summary>
    public static Fault? CheckHeaders(Exchange exchange)
    {
        var (count, bytes) = (0, 0);
        foreach (var (name, values) in exchange.Http.Request.Headers)
        {
            foreach (var value in values)
            {
                count++;
                bytes += name.Length + (value?.Length ?? 0) + 4;
            }
        }

        return (count, bytes) switch
        {
            ( > MaxHeaders, _) => new Fault(FaultKind.HeadersTooLarge, $"The request has {count} headers; at most {MaxHeaders} are accepted."),
            (_, > MaxHeaderBytes) =>
                new Fault(FaultKind.HeadersTooLarge, $"The request's headers have {bytes} bytes; at most {MaxHeaderBytes} are accepted."),
            _ => null,
        };
    }
}
