namespace Mik.Server.Configuration.Keys;

/// <summary>The keys of an <c>[[auth]]</c> table, in the order of the reference page.</summary>
internal static class AuthKeys
{
    /// <summary>The array of which each is a table.</summary>
    public const string Section = "auth";

    /// <summary>No symmetric and asymmetric ones at once for one key, and never <c>none</c>. rfc: 7518#3.1</summary>
    public static IReadOnlyList<string> Algorithms { get; } =
        ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    public static IReadOnlyList<RecordKey<AuthConfig>> All { get; } =
    [
        new("paths", "Paths with everything below them.",
            new TextListRule("an array of paths such as [\"/run/admin\"]", "a path that begins with a slash", static path => path.StartsWith('/') ? path : null),
            static a => a.Paths, static (a, v) => a with { Paths = (IReadOnlyList<string>)v }),
        new("api_keys", "Keys that clients send as X-API-Key.",
            new TextListRule("an array such as [\"env:ADMIN_KEY\", \"sha256:…\"]", "\"env:\" and the name of a variable, or \"sha256:\" and 64 hexadecimal digits", TextForms.ApiKey),
            static a => a.ApiKeys, static (a, v) => a with { ApiKeys = (IReadOnlyList<string>)v }),
        new("jwt_keys", "File with the public keys of bearer tokens (a JSON Web Key Set), relative to the project.", new TextRule("a path of a file", TextForms.Directory),
            static a => a.JwtKeys, static (a, v) => a with { JwtKeys = (string)v }),
        new("jwt_secret", "The secret that bearer tokens are signed with, at least 32 bytes.", new TextRule("\"env:\" and the name of a variable", TextForms.FromEnvironment),
            static a => a.JwtSecret, static (a, v) => a with { JwtSecret = (string)v }),
        new("jwt_issuer", "Who must have issued a token.", new TextRule("a string", TextForms.Any),
            static a => a.JwtIssuer, static (a, v) => a with { JwtIssuer = (string)v }),
        new("jwt_audience", "Whom a token must be for.", new TextRule("a string", TextForms.Any),
            static a => a.JwtAudience, static (a, v) => a with { JwtAudience = (string)v }),
        new("jwt_algorithms", "Algorithms a token may be signed with; HS256 with a secret, RS256, PS256 and ES256 with keys when there are none.",
            new TextListRule("an array of names such as [\"RS256\"]", $"one of {string.Join(", ", Algorithms)}", static name => Algorithms!.Contains(name) ? name : null),
            static a => a.JwtAlgorithms, static (a, v) => a with { JwtAlgorithms = (IReadOnlyList<string>)v }),
    ];
}
