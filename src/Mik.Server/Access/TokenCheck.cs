using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Mik.Server.Configuration;

namespace Mik.Server.Access;

/// <summary>Validates bearer tokens: signature with a pinned algorithm, issuer, audience, and the time they are for. rfc: 7519, 8725</summary>
internal sealed class TokenCheck
{
    /// <summary>How far clocks may be apart. Half the framework's usual: machines are synchronised nowadays, phones less so.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2.5);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters;

    /// <exception cref="ArgumentException">The file of keys holds none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public TokenCheck(AuthConfig auth, TimeProvider time)
    {
        IEnumerable<SecurityKey> keys = auth.JwtSecret is { } secret
            ? [new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))]
            : new JsonWebKeySet(File.ReadAllText(auth.JwtKeys!)).GetSigningKeys();
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = auth.JwtAlgorithms is { Count: > 0 } names ? names : auth.JwtSecret is not null ? ["HS256"] : ["RS256", "PS256", "ES256"],
            IssuerSigningKeys = keys.ToList() is { Count: > 0 } known ? known : throw new ArgumentException($"{auth.JwtKeys} holds no keys"),
            ValidIssuer = auth.JwtIssuer,
            ValidAudience = auth.JwtAudience,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => IsNow(from, until, time.GetUtcNow()),
        };
    }

    public async ValueTask<bool> IsValidAsync(string token) => (await _handler.ValidateTokenAsync(token, _parameters)).IsValid;

    private static bool IsNow(DateTime? from, DateTime? until, DateTimeOffset now) =>
        until is { } end && now.UtcDateTime < end + Skew && (from is not { } begin || now.UtcDateTime >= begin - Skew);
}
