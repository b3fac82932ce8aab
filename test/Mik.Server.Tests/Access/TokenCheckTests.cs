using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Mik.Server.Access;
using Mik.Server.Configuration;
using Xunit;

namespace Mik.Server.Tests.Access;

/// <summary>Tokens made by hand, so that what is validated does not come from what validates.</summary>
public sealed class TokenCheckTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly string _keys = Path.GetTempFileName();

    public TokenCheckTests()
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        File.WriteAllText(_keys, $$"""{"keys":[{"kty":"RSA","kid":"k1","use":"sig","n":"{{Text(key.Modulus!)}}","e":"{{Text(key.Exponent!)}}"}]}""");
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    public void Dispose()
    {
        _rsa.Dispose();
        File.Delete(_keys);
    }

    [Fact]
    public async Task A_token_of_the_issuer_for_the_audience_in_its_time_is_valid()
    {
        Assert.True(await WithSecret().IsValidAsync(Signed("HS256", Claims())));
        Assert.True(await WithSecret().IsValidAsync(Signed("HS256", Claims(audience: """["other","mik"]"""))));
        Assert.True(await WithKeys().IsValidAsync(Signed("RS256", Claims())));
    }

    [Fact]
    public async Task What_is_not_exactly_that_is_not()
    {
        var claims = Claims();
        var good = Signed("HS256", claims);
        string[] bad =
        [
            "",
            "nonsense",
            "a.b.c",
            good[..^2],
            good + "x",
            $"{good.Split('.')[0]}.{Text(Encoding.UTF8.GetBytes(Claims(issuer: "me")))}.{good.Split('.')[2]}",
            Unsigned("none", claims),
            Unsigned("None", claims),
            Signed("HS384", claims),
            Signed("HS256", claims, secret: "another secret of thirty-two bytes"),
            Signed("HS256", Claims(issuer: "somebody else")),
            Signed("HS256", Claims(audience: "\"somebody else\"")),
            Signed("HS256", Claims(expires: Now - 200)),
            Signed("HS256", Claims(notBefore: Now + 200)),
            Signed("HS256", """{"iss":"issuer","aud":"mik"}"""),
            Signed("HS256", $$"""{"aud":"mik","exp":{{Now + 60}}}"""),
            Signed("HS256", $$"""{"iss":"issuer","exp":{{Now + 60}}}"""),
        ];

        foreach (var token in bad)
        {
            Assert.False(await WithSecret().IsValidAsync(token), token);
        }
    }

    [Fact]
    public async Task A_public_key_is_no_secret()
    {
        // The classic confusion: signed with HMAC, the key being the text of the public key.
        var forged = Signed("HS256", Claims(), secret: File.ReadAllText(_keys));

        Assert.False(await WithKeys().IsValidAsync(forged));
        Assert.False(await WithKeys().IsValidAsync(Signed("RS512", Claims())));
    }

    [Fact]
    public async Task Clocks_may_be_a_little_apart()
    {
        Assert.True(await WithSecret().IsValidAsync(Signed("HS256", Claims(expires: Now - 100))));
        Assert.True(await WithSecret().IsValidAsync(Signed("HS256", Claims(notBefore: Now + 100))));
    }

    [Fact]
    public void A_file_without_keys_is_no_use()
    {
        File.WriteAllText(_keys, """{"keys":[]}""");

        Assert.Throws<ArgumentException>(WithKeys);
    }

    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Unsigned(string algorithm, string claims) => $"{Head(algorithm, claims)}.";

    private static string Head(string algorithm, string claims) =>
        $"{Text(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Dictionary<string, string> { ["alg"] = algorithm, ["typ"] = "JWT" })))}.{Text(Encoding.UTF8.GetBytes(claims))}";

    private string Claims(string issuer = "issuer", string audience = "\"mik\"", long? expires = null, long? notBefore = null) =>
        $$"""{"iss":"{{issuer}}","aud":{{audience}},"sub":"ada","exp":{{expires ?? Now + 60}},"nbf":{{notBefore ?? Now}}}""";

    private string Signed(string algorithm, string claims, string secret = Secret)
    {
        var head = Head(algorithm, claims);
        var bytes = Encoding.ASCII.GetBytes(head);
        var signature = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes),
            "HS384" => HMACSHA384.HashData(Encoding.UTF8.GetBytes(secret), bytes),
            "RS512" => _rsa.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            _ => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{head}.{Text(signature)}";
    }

    private TokenCheck WithSecret() => new(new AuthConfig { JwtSecret = Secret, JwtIssuer = "issuer", JwtAudience = "mik" }, _time);

    private TokenCheck WithKeys() => new(new AuthConfig { JwtKeys = _keys, JwtIssuer = "issuer", JwtAudience = "mik" }, _time);
}
