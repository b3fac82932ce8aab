using Mik.Server.Configuration;
using Xunit;

namespace Mik.Server.Tests.Configuration;

public sealed class AuthReaderTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("mik-auth-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Secrets_come_from_the_environment_and_keys_are_kept_as_hashes()
    {
        var auth = Assert.Single(Read(
            """
            [[auth]]
            paths = ["/run/admin"]
            api_keys = ["env:KEYS", "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"]
            jwt_secret = "env:SECRET"
            jwt_issuer = "issuer"
            jwt_audience = "mik"
            """,
            ("KEYS", "abc, def"),
            ("SECRET", new string('s', 32))).Auth);

        Assert.Equal(3, auth.ApiKeys.Count);
        Assert.Equal(auth.ApiKeys[0], auth.ApiKeys[2]);
        Assert.Equal(new string('s', 32), auth.JwtSecret);
    }

    [Theory]
    [InlineData("", "paths: must name at least one path")]
    [InlineData("paths = ['/run']", "nobody could come in")]
    [InlineData("paths = ['run']\napi_keys = ['env:KEY']", "a path that begins with a slash")]
    [InlineData("paths = ['/run']\napi_keys = ['plain']", "each item must be \"env:\"")]
    [InlineData("paths = ['/run']\napi_keys = ['env:NOWHERE']", "there is no environment variable NOWHERE")]
    [InlineData("paths = ['/run']\njwt_secret = 'plain'", "must be \"env:\"")]
    [InlineData("paths = ['/run']\njwt_secret = 'env:KEY'\njwt_issuer = 'i'\njwt_audience = 'a'", "must have at least 32 bytes")]
    [InlineData("paths = ['/run']\njwt_secret = 'env:KEY'", "jwt_issuer and jwt_audience must be set")]
    [InlineData("paths = ['/run']\njwt_keys = 'missing.json'", "there is no file")]
    [InlineData("paths = ['/run']\njwt_keys = 'x'\njwt_secret = 'env:KEY'", "cannot go together with jwt_keys")]
    [InlineData("paths = ['/run']\njwt_keys = 'x'\njwt_algorithms = ['HS256']", "must be HS… with jwt_secret")]
    [InlineData("paths = ['/run']\njwt_keys = 'x'\njwt_algorithms = ['none']", "one of HS256")]
    public void A_table_that_would_not_protect_is_an_error(string table, string message)
    {
        var failure = Assert.Throws<ConfigException>(() => Read($"[[auth]]\n{table}\n", ("KEY", "short")));

        Assert.Contains(failure.Problems, problem => problem.Message.Contains(message, StringComparison.Ordinal) || $"{problem.Key}: {problem.Message}".Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void One_table_in_single_brackets_is_a_mistake()
    {
        Assert.Throws<ConfigException>(() => Read("[auth]\npaths = ['/run']\n"));
    }

    private MikConfig Read(string toml, params (string Name, string Value)[] environment)
    {
        File.WriteAllText(Path.Combine(_directory, "mik.toml"), toml);
        return ConfigReader.Read(new ConfigRequest
        {
            Directory = _directory,
            Environment = environment.ToDictionary(static e => e.Name, static e => e.Value),
        }).Config;
    }
}
