using Mik.Server.Configuration;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Access;

/// <summary>Decides by a request's path and credentials whether its client may ask for that at all. Thread-safe.</summary>
internal sealed class AccessRules
{
    private const string Scheme = "Bearer ";

    private readonly List<Rule> _rules;

    /// <exception cref="ArgumentException">A file of keys is no use.</exception>
    /// <exception cref="IOException">A file of keys cannot be read.</exception>
    public AccessRules(IReadOnlyList<AuthConfig> auth, TimeProvider time) => _rules =
    [
        .. auth.SelectMany(each =>
        {
            var keys = each.ApiKeys.Count > 0 ? new ApiKeyCheck(each.ApiKeys) : null;
            var tokens = each.TakesTokens ? new TokenCheck(each, time) : null;
            return each.Paths.Select(path => new Rule(path.Split('/', StringSplitOptions.RemoveEmptyEntries), keys, tokens));
        }).OrderByDescending(static rule => rule.Path.Count),
    ];

    /// <summary>Why the client may not; <see langword="null"/> when it may.</summary>
    public async ValueTask<Fault?> RefuseAsync(Exchange exchange)
    {
        if (_rules.Count == 0)
        {
            return null;
        }

        foreach (var path in GuardedPath.ReadingsOf(exchange.Address.Path))
        {
            // The longest path is the closest description.
            if (_rules.Find(rule => GuardedPath.IsBelow(path, rule.Path)) is { } rule && !await rule.AdmitsAsync(exchange))
            {
                return new Fault(FaultKind.CredentialsRequired, "This address asks for credentials, and there are none that it knows.")
                {
                    Headers = [new HttpField("www-authenticate", rule.Challenge)],
                };
            }
        }

        return null;
    }

    private sealed record Rule(IReadOnlyList<string> Path, ApiKeyCheck? Keys, TokenCheck? Tokens)
    {
        public string Challenge => Tokens is null ? $"ApiKey realm=\"{ApiKeyCheck.Header}\"" : "Bearer";

        public async ValueTask<bool> AdmitsAsync(Exchange exchange)
        {
            var headers = exchange.Http.Request.Headers;
            if (Keys is not null && headers[ApiKeyCheck.Header] is [{ Length: > 0 } key] && Keys.IsKnown(key))
            {
                return true;
            }

            return Tokens is not null
                && headers.Authorization is [{ } authorization]
                && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && await Tokens.IsValidAsync(authorization[Scheme.Length..].Trim());
        }
    }
}
