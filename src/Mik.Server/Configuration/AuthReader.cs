using System.Security.Cryptography;
using System.Text;
using Mik.Server.Configuration.Keys;
using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration;

/// <summary>Reads the <c>[[auth]]</c> tables and puts what the environment holds in its place. A table with a mistake is an error: it must not open what it was to protect.</summary>
internal sealed class AuthReader(IReadOnlyDictionary<string, string> environment, string directory, ConfigProblemList problems, Func<TomlPosition, ConfigOrigin> at)
{
    // Below its hash's length a secret makes the hash easier to guess than it need be. rfc: 7518#3.2
    private const int LeastSecretBytes = 32;

    private readonly RecordReader<AuthConfig> _tables = new(AuthKeys.All, problems, at);

    public IReadOnlyList<AuthConfig> Read(TomlArray array) =>
        [.. array.Items.OfType<TomlTable>().Select((table, index) => Complete(_tables.Read(table, $"auth[{index}]"), table.Position, $"auth[{index}]"))];

    private AuthConfig Complete(AuthConfig auth, TomlPosition position, string path)
    {
        if (auth.Paths.Count == 0)
        {
            Error("paths", "must name at least one path");
        }

        if (auth.ApiKeys.Count == 0 && !auth.TakesTokens)
        {
            Error("api_keys", "there must be api_keys, jwt_keys or jwt_secret: nobody could come in");
        }

        if (auth is { JwtKeys: not null, JwtSecret: not null })
        {
            Error("jwt_secret", "cannot go together with jwt_keys");
        }

        if (auth.TakesTokens && (auth.JwtIssuer is null || auth.JwtAudience is null))
        {
            Error("jwt_issuer", "jwt_issuer and jwt_audience must be set: a token for somebody else would open the door");
        }

        if (auth.JwtAlgorithms.Any(name => name.StartsWith("HS", StringComparison.Ordinal) != auth.JwtSecret is not null))
        {
            Error("jwt_algorithms", "must be HS… with jwt_secret, and others with jwt_keys");
        }

        if (auth.JwtKeys is { } file && !File.Exists(Path.Combine(directory, file)))
        {
            Error("jwt_keys", $"there is no file {Path.Combine(directory, file)}");
        }

        return auth with
        {
            ApiKeys = [.. auth.ApiKeys.SelectMany(HashesOf)],
            JwtKeys = auth.JwtKeys is { } keys ? Path.GetFullPath(Path.Combine(directory, keys)) : null,
            JwtSecret = auth.JwtSecret is { } secret ? SecretOf(secret) : null,
        };

        IEnumerable<string> HashesOf(string key) => key.StartsWith(TextForms.EnvironmentPrefix, StringComparison.Ordinal)
            ? Variable("api_keys", key).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static each => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(each))))
            : [key[TextForms.HashPrefix.Length..].ToLowerInvariant()];

        string SecretOf(string secret)
        {
            var value = Variable("jwt_secret", secret);
            if (value.Length > 0 && Encoding.UTF8.GetByteCount(value) < LeastSecretBytes)
            {
                Error("jwt_secret", $"must have at least {LeastSecretBytes} bytes");
            }

            return value;
        }

        string Variable(string key, string reference)
        {
            var name = reference[TextForms.EnvironmentPrefix.Length..];
            if (environment.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }

            Error(key, $"there is no environment variable {name}");
            return "";
        }

        void Error(string key, string message) => problems.Error(at(position), $"{path}.{key}", message);
    }
}
