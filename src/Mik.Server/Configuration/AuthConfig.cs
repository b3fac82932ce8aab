namespace Mik.Server.Configuration;

/// <summary>
/// An <c>[[auth]]</c> table of <c>mik.toml</c>: who may ask for what begins with certain paths. Of several that match, the one with the longest
/// path counts. A script's calls are not asked: what it calls is its own business.
/// </summary>
public sealed record AuthConfig
{
    /// <summary>Paths with everything below them, such as <c>/run/admin</c>.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>
    /// Keys that clients send as <c>X-API-Key</c>: <c>env:NAME</c> for those in an environment variable, separated by commas, or
    /// <c>sha256:</c> and a key's hash in hexadecimal digits. Hashes only, once the configuration has been read.
    /// </summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>File with the public keys of tokens, a JSON Web Key Set, relative to the project; none for tokens with a secret, or no tokens.</summary>
    public string? JwtKeys { get; init; }

    /// <summary>The secret that tokens are signed with: <c>env:NAME</c>; the secret itself once the configuration has been read.</summary>
    public string? JwtSecret { get; init; }

    /// <summary>Who must have issued a token.</summary>
    public string? JwtIssuer { get; init; }

    /// <summary>Whom a token must be for.</summary>
    public string? JwtAudience { get; init; }

    /// <summary>Algorithms a token may be signed with. Those that fit the kind of key when there are none.</summary>
    public IReadOnlyList<string> JwtAlgorithms { get; init; } = [];

    /// <summary>Whether tokens are taken.</summary>
    internal bool TakesTokens => JwtKeys is not null || JwtSecret is not null;
}
