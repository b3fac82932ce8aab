using Microsoft.Extensions.Logging;
using Mik.Server.Configuration;
using Mik.Server.Pipeline;

namespace Mik.Server.Access;

/// <summary>The first to see a request: answers for other origins, asks for credentials where the configuration says so. Lets everything pass by default. Thread-safe.</summary>
internal sealed class AccessGate
{
    private readonly BrowserRules _browsers;
    private readonly AccessRules _rules;

    /// <exception cref="ArgumentException">A file of keys is no use.</exception>
    /// <exception cref="IOException">A file of keys cannot be read.</exception>
    public AccessGate(MikConfig config, TimeProvider time, ILoggerFactory loggers)
    {
        _browsers = new BrowserRules(config, loggers);
        _rules = new AccessRules(config.Auth, time);
    }

    /// <summary>What is answered at once; <see langword="null"/> when the request may go on.</summary>
    public async ValueTask<Outcome?> AnswerAsync(Exchange exchange)
    {
        _browsers.Accompany(exchange);
        return _browsers.AnswerPreflight(exchange) ?? (await _rules.RefuseAsync(exchange) is { } refusal ? new FailedOutcome(refusal) : null);
    }
}
