namespace Mik.Scripting;

/// <summary>The only thing a script can reach: the handlers, through <c>host.call</c>.</summary>
public interface IHandlerCalls
{
    /// <summary>
    /// Calls a handler. A script may have several calls under way: this returns as soon as the call is, and whatever takes time goes on
    /// elsewhere. Called on the thread that runs the script, in the middle of it.
    /// </summary>
    /// <param name="call">What to send.</param>
    /// <param name="cancellation">Fires when the script has ended, its time is up or the client has gone.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="HandlerCallException">The call could not be answered.</exception>
    Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation);
}
