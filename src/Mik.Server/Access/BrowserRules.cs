using System.Globalization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Mik.Server.Configuration;
using Mik.Server.Pipeline;

namespace Mik.Server.Access;

/// <summary>What browsers are told beside an answer: which other origins may read it, and how careful to be with it. Thread-safe.</summary>
internal sealed class BrowserRules
{
    private readonly CorsService _cors;
    private readonly CorsPolicy? _policy;
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public BrowserRules(MikConfig config, ILoggerFactory loggers)
    {
        _cors = new CorsService(Options.Create(new CorsOptions()), loggers);
        _policy = config.Cors.Origins.Count > 0 ? PolicyOf(config.Cors) : null;
        var security = config.Security;
        if (security.Headers)
        {
            _headers.AddRange(
            [
                new("X-Content-Type-Options", "nosniff"),
                new("X-Frame-Options", "DENY"),
                new("Referrer-Policy", "no-referrer"),
                new("Cross-Origin-Resource-Policy", "same-origin"),
            ]);
        }

        if (security.HstsSecs > 0)
        {
            _headers.Add(new("Strict-Transport-Security", string.Create(CultureInfo.InvariantCulture, $"max-age={security.HstsSecs}; includeSubDomains")));
        }

        if (security.ContentSecurityPolicy is { } contentPolicy)
        {
            _headers.Add(new("Content-Security-Policy", contentPolicy));
        }
    }

    /// <summary>Sees to it that whatever is answered says what it must. A guest's own word goes before the server's, but for origins.</summary>
    public void Accompany(Exchange exchange)
    {
        if (_headers.Count > 0 || _policy is not null)
        {
            exchange.Http.Response.OnStarting(static state =>
            {
                var (rules, http) = ((BrowserRules, HttpContext))state;
                rules.Complete(http);
                return Task.CompletedTask;
            }, (this, exchange.Http));
        }
    }

    /// <summary>The answer to a browser that asks what a page may send; <see langword="null"/> for any other request.</summary>
    public Outcome? AnswerPreflight(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var isPreflight = _policy is not null && HttpMethods.IsOptions(exchange.Method)
            && headers.Origin.Count > 0 && headers.AccessControlRequestMethod.Count > 0;
        return isPreflight ? new CompleteOutcome(StatusCodes.Status204NoContent, [], default) : null;
    }

    private void Complete(HttpContext http)
    {
        foreach (var (name, value) in _headers)
        {
            http.Response.Headers.TryAdd(name, value);
        }

        if (_policy is not null)
        {
            foreach (var name in http.Response.Headers.Keys.Where(static name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                http.Response.Headers.Remove(name);
            }

            // Also when one origin is allowed: an answer without leave for one page must not be kept for another that has it.
            var result = _cors.EvaluatePolicy(http, _policy);
            result.VaryByOrigin = !_policy.AllowAnyOrigin;
            _cors.ApplyResult(result, http.Response);
        }
    }

    private static CorsPolicy PolicyOf(CorsConfig config)
    {
        var policy = new CorsPolicyBuilder()
            .WithMethods([.. config.Methods])
            .WithHeaders([.. config.Headers])
            .WithExposedHeaders([.. config.ExposedHeaders])
            .SetPreflightMaxAge(TimeSpan.FromSeconds(config.MaxAgeSecs));
        policy = config.Origins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins([.. config.Origins]);
        return (config.Credentials ? policy.AllowCredentials() : policy.DisallowCredentials()).Build();
    }
}
