namespace Mik.Scripting;

/// <summary>The only thing a script can reach: the handlers, through <c>host.call</c>.</summary>
public interface IHandlerCalls
{
    /// <summary>
    /// Calls a handler. A script may have several calls under way; each starts on a thread of the pool, never on the one that runs
    /// the script, so that one call that takes its time before its first await holds up nobody else.
    /// </summary>
    /// <param name="call">What to send.</param>
    /// <param name="cancellation">Fires when the script has ended, its time is up or the client has gone.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="HandlerCallException">The call could not be answered.</exception>
    Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation);
}
