using Mik.Server.Configuration;
using Mik.Server.Configuration.Keys;
using Xunit;

namespace Mik.Server.Tests.Configuration;

public sealed class ConfigReaderTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("mik-config-").FullName;

    public static TheoryData<string> IntegerKeys => [.. ConfigKeys.All.Where(static k => k.Rule is IntegerRule).Select(static k => k.FullName)];

    public void Dispose() => System.IO.Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Absent_file_means_defaults()
    {
        var result = Read(null);

        Assert.Empty(result.Warnings);
        Assert.Equal(new ServerConfig(), result.Config.Server);
        Assert.Equal(new BreakerConfig(), result.Config.Breaker);
        Assert.Equal(Path.GetFileName(_directory), result.Config.Project.Name);
        Assert.Equal(_directory, result.Config.Directory);
        Assert.Empty(result.Config.Env);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[project]\nname = \"shop\"\n")]
    [InlineData("[server]\n")]
    [InlineData("\uFEFF[breaker]\n")]
    public void Absent_sections_and_keys_mean_defaults(string toml)
    {
        var result = Read(toml);

        Assert.Empty(result.Warnings);
        Assert.Equal(new ServerConfig(), result.Config.Server);
    }

    [Fact]
    public void A_handler_s_section_says_what_it_has_otherwise_than_the_others()
    {
        var config = Read("""
            [server]
            max_per_module_requests = 50
            execution_timeout_secs = 20
            memory_limit_mb = 64
            [http]
            header_timeout_secs = 5
            [handlers.orders]
            max_concurrent_requests = 5
            retries = 2
            [handlers."odd name"]
            execution_timeout_secs = 3
            memory_limit_mb = 4096
            """).Config;

        Assert.Equal(new HandlerConfig { MaxConcurrentRequests = 5, ExecutionTimeoutSecs = 20, MemoryLimitMb = 64, Retries = 2 }, config.Handler("orders"));
        Assert.Equal(new HandlerConfig { MaxConcurrentRequests = 50, ExecutionTimeoutSecs = 3, MemoryLimitMb = 4096 }, config.Handler("odd name"));
        Assert.Equal(new HandlerConfig { MaxConcurrentRequests = 50, ExecutionTimeoutSecs = 20, MemoryLimitMb = 64 }, config.Handler("other"));
        Assert.Equal(5, config.Http.HeaderTimeoutSecs);
    }

    [Fact]
    public void Mistakes_in_a_handler_s_section_have_their_place()
    {
        var failure = Assert.Throws<ConfigException>(() => Read("[handlers]\nfirst = 1\n[handlers.second]\nretries = 11\nretires = 1\nmemory_limit_mb = 0\n"));

        Assert.Equal(
            [
                "mik.toml:2:9: handlers.first: must be a table, written under a [handlers.first] header, found an integer",
                "mik.toml:4:11: handlers.second.retries: must be an integer from 0 to 10, found 11",
                "mik.toml:5:1: handlers.second.retires: unknown key is ignored; did you mean retries?",
                "mik.toml:6:19: handlers.second.memory_limit_mb: must be an integer from 1 to 4096, found 0",
            ],
            failure.Problems.Select(static problem => problem.ToString().Split('/')[^1]));
    }

    [Fact]
    public void Every_section_is_read()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(_directory, "public"));
        var config = Read("""
            [project]
            name = "shop"
            version = "1.2.3-rc.1"
            description = "Sells."
            authors = [{ name = "Ada", email = "ada@example.com" }, "Bob"]
            language = "ts"
            [server]
            host = "[::1]"
            port = 8080
            static = "public"
            http_allowed = ["API.example.com", "*.example.org", "[::1]"]
            breaker_is_elsewhere.x = 1
            [breaker]
            failures = 2
            open_secs = 5
            half_open_probes = 3
            [env]
            ZED = "last letter, first entry"
            "with space" = ""
            """).Config;

        Assert.Equal(("shop", "1.2.3-rc.1", "Sells.", "typescript"), (config.Project.Name, config.Project.Version, config.Project.Description, config.Project.Language));
        Assert.Equal([new ProjectAuthor("Ada", "ada@example.com"), new ProjectAuthor("Bob", null)], config.Project.Authors);
        Assert.Equal(("::1", 8080), (config.Server.Host, config.Server.Port));
        Assert.Equal(Path.Combine(_directory, "public"), config.StaticDirectory);
        Assert.Equal(["api.example.com", "*.example.org", "[::1]"], config.Server.HttpAllowed);
        Assert.Equal(new BreakerConfig { Failures = 2, OpenSecs = 5, HalfOpenProbes = 3 }, config.Breaker);
        Assert.Equal([new EnvVariable("ZED", "last letter, first entry"), new EnvVariable("with space", "")], config.Env);
    }

    [Theory]
    [MemberData(nameof(IntegerKeys))]
    public void Integer_keys_take_their_whole_range_and_nothing_beyond(string fullName)
    {
        var key = ConfigKeys.Get(fullName);
        var rule = (IntegerRule)key.Rule;

        // The limit of one handler is bounded by that of all, which is raised here for its sake.
        var room = fullName == "server.max_per_module_requests" ? "server.max_concurrent_requests = 100000\n" : "";
        Assert.Equal(rule.Minimum, key.Get(Read($"{fullName} = {rule.Minimum}").Config));
        Assert.Equal(rule.Maximum, key.Get(Read($"{room}{fullName} = {rule.Maximum}").Config));

        foreach (var beyond in new[] { rule.Minimum - 1L, rule.Maximum + 1L, long.MinValue, long.MaxValue })
        {
            var error = Assert.Single(Errors($"\n{fullName} = {beyond}"));
            Assert.Equal((fullName, 2), (error.Key, error.Line));
            Assert.Equal($"must be an integer from {rule.Minimum} to {rule.Maximum}, found {beyond}", error.Message);
        }
    }

    [Theory]
    [InlineData("project.name = 'a b'")]
    [InlineData("project.name = ''")]
    [InlineData("project.version = '1.2'")]
    [InlineData("project.description = 1")]
    [InlineData("project.authors = 'Ada'")]
    [InlineData("project.authors = [{ email = 'a@b' }]")]
    [InlineData("project.language = 'cobol'")]
    [InlineData("server.host = 'example.com'")]
    [InlineData("server.host = '127.1'")]
    [InlineData("server.port = '3000'")]
    [InlineData("server.port = 3000.0")]
    [InlineData("server.port = true")]
    [InlineData("server.port = [3000]")]
    [InlineData("server.modules = ''")]
    [InlineData("server.modules = 'nowhere'")]
    [InlineData("server.scripts = 'nowhere/'")]
    [InlineData("server.http_allowed = 'api.example.com'")]
    [InlineData("server.http_allowed = ['https://api.example.com']")]
    [InlineData("server.http_allowed = ['api.example.com:443']")]
    [InlineData("server.http_allowed = ['a.*.com']")]
    [InlineData("server.http_allowed = [1]")]
    [InlineData("breaker.failures = {}")]
    [InlineData("env.A = 1")]
    [InlineData("env.'A=B' = ''")]
    [InlineData("server = 3000")]
    [InlineData("[[server]]")]
    [InlineData("env = 'A=1'")]
    [InlineData("server.max_per_module_requests = 2000")]
    public void Wrong_values_are_errors_that_name_file_line_and_key(string toml)
    {
        var error = Assert.Single(Errors("# a comment\n" + toml));

        Assert.Equal((Path.Combine(_directory, "mik.toml"), 2), (error.Source, error.Line));
        Assert.StartsWith(error.Key!, toml.Trim('[', ']').Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.StartsWith($"{error.Source}:2:{error.Column}: {error.Key}: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        var problems = Problems("""
            [server]
            port = 70000
            prot = 1
            host = 5
            [breaker]
            failures = "many"
            """, [new ConfigOption("--port", "server.port", "http")], ("MIK_SCRIPT_CPU_MS", "fast"));

        Assert.Equal(
            [(2, "server.port"), (3, "server.prot"), (4, "server.host"), (6, "breaker.failures"), (null, "server.script_cpu_ms"), (null, "server.port")],
            problems.Select(static p => (p.Line, p.Key!)));
        Assert.Equal("environment variable MIK_SCRIPT_CPU_MS: server.script_cpu_ms: must be an integer from 1 to 300000, found 'fast'", problems[4].ToString());
        Assert.Equal("option --port: server.port: must be an integer from 0 to 65535, found 'http'", problems[5].ToString());
    }

    [Fact]
    public void Syntax_errors_name_their_place()
    {
        var error = Assert.Single(Errors("[server]\nport 3000\n"));

        Assert.Equal(2, error.Line);
        Assert.Equal(6, error.Column);
        Assert.Contains("expected '='", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server.prot = 1", "did you mean port?")]
    [InlineData("server.max-body-size-mb = 1", "did you mean max_body_size_mb?")]
    [InlineData("server.cpu_ms = 1", "did you mean script_cpu_ms?")]
    [InlineData("server.failures = 1", "did you mean failures in [breaker]?")]
    [InlineData("port = 1", "did you mean port in [server]?")]
    [InlineData("serve.port = 1", "did you mean [server]?")]
    [InlineData("server.colour = 'red'", "unknown key is ignored")]
    [InlineData("weather.colour = 'red'", "unknown section [weather] is ignored")]
    public void Unknown_names_are_warnings_with_the_nearest_known_one(string toml, string hint)
    {
        var warning = Assert.Single(Read(toml).Warnings);

        Assert.Equal(ConfigSeverity.Warning, warning.Severity);
        Assert.Equal(1, warning.Line);
        Assert.EndsWith(hint, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lb.enabled = true")]
    [InlineData("composition.http_handler = true")]
    [InlineData("dependencies.router = '1'")]
    [InlineData("[[schedules]]")]
    [InlineData("server.auto = true")]
    [InlineData("server.memory_limit_bytes = 1")]
    public void Sections_and_keys_of_other_versions_are_named_as_not_supported(string toml)
    {
        var warning = Assert.Single(Read(toml).Warnings);

        Assert.Contains("not supported by this version", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_line_wins_over_environment_over_file_over_default()
    {
        const string Toml = "server.port = 1\n";
        (string, string)[] environment = [("PORT", "2")];
        ConfigOption[] options = [new("--port", "server.port", "4")];

        Assert.Equal(3000, Read("").Config.Server.Port);
        Assert.Equal(1, Read(Toml).Config.Server.Port);
        Assert.Equal(2, Read(Toml, [], environment).Config.Server.Port);
        Assert.Equal(3, Read(Toml, [], [.. environment, ("MIK_PORT", "3")]).Config.Server.Port);
        Assert.Equal(4, Read(Toml, options, environment).Config.Server.Port);
        Assert.Equal(1, Read(Toml, [], [("PORT", "")]).Config.Server.Port);
    }

    [Fact]
    public void Every_server_key_has_an_environment_variable()
    {
        Assert.All(
            ConfigKeys.All.Where(static k => k.Section == "server"),
            static k => Assert.Contains($"MIK_{k.Name.ToUpperInvariant()}", k.Variables));
        Assert.Equal(["a.example", "*.b.example"], Read("", [], [("MIK_HTTP_ALLOWED", "a.example, *.b.example")]).Config.Server.HttpAllowed);
    }

    [Fact]
    public void Mistyped_variables_are_warnings_and_foreign_ones_are_none_of_our_business()
    {
        var warning = Assert.Single(Read("", [], [("MIK_SCRIPT_CPU_MSS", "1"), ("MIK_HOME", "/x"), ("PROT", "1")]).Warnings);

        Assert.EndsWith("did you mean MIK_SCRIPT_CPU_MS?", warning.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_static_directory_is_a_warning_because_a_build_may_make_it()
    {
        Assert.Contains(Read("server.static = 'dist'").Warnings, static w => w.Key == "server.static" && w.Message.Contains("no directory", StringComparison.Ordinal));
    }

    [Fact]
    public void Small_total_limit_lowers_the_default_limit_of_one_handler()
    {
        var server = Read("server.max_concurrent_requests = 5").Config.Server;

        Assert.Equal((5, 5), (server.MaxConcurrentRequests, server.MaxPerModuleRequests));
    }

    [Fact]
    public void File_in_place_of_a_directory_is_an_error()
    {
        File.WriteAllText(Path.Combine(_directory, "modules"), "");

        Assert.Contains("is a file", Assert.Single(Errors("server.modules = 'modules'")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Handlers_have_sections_of_their_own()
    {
        Assert.SkipUnless(Mik.Wasi.Filesystem.Mount.IsSupported, "mounts need Linux");
        System.IO.Directory.CreateDirectory(Path.Combine(_directory, "assets"));
        System.IO.Directory.CreateDirectory(Path.Combine(_directory, "data"));

        var result = Read("""
            [handlers.orders]
            mounts = ["assets:/assets", "./data:/data:rw", "data:/:ro"]
            sockets = ["DB.internal:5432", "[::1]:*"]
            [handlers."a.v2"]
            """);

        Assert.Empty(result.Warnings);
        var orders = result.Config.Handlers["orders"];
        Assert.Equal(
            [new MountConfig("assets", "/assets", false), new MountConfig("./data", "/data", true), new MountConfig("data", "/", false)], orders.Mounts);
        Assert.Equal(Path.Combine(_directory, "data"), result.Config.PathOf(orders.Mounts[1]));
        Assert.Equal(["db.internal:5432", "[::1]:*"], orders.Sockets);
        Assert.Empty(result.Config.Handlers["a.v2"].Mounts);
    }

    [Theory]
    [InlineData("mounts = ['assets']", "each item must be a directory")]
    [InlineData("mounts = ['assets:relative']", "each item must be a directory")]
    [InlineData("mounts = ['assets:/a/../b']", "each item must be a directory")]
    [InlineData("mounts = ['assets:/a/']", "each item must be a directory")]
    [InlineData("mounts = [':/a']", "each item must be a directory")]
    [InlineData("mounts = ['nowhere:/a']", "there is no directory")]
    [InlineData("mounts = ['mik.toml:/a']", "is a file")]
    [InlineData("mounts = ['.:/a', '.:/a:rw']", "several directories as /a")]
    [InlineData("mounts = 'assets:/a'", "must be an array of mounts")]
    [InlineData("sockets = ['db']", "each item must be a host")]
    [InlineData("sockets = ['*:80']", "each item must be a host")]
    [InlineData("sockets = ['db:0']", "each item must be a host")]
    [InlineData("sockets = ['db:65536']", "each item must be a host")]
    [InlineData("sockets = ['http://db:80']", "each item must be a host")]
    public void What_a_handler_cannot_be_given_is_an_error_at_its_place(string line, string message)
    {
        Assert.SkipUnless(Mik.Wasi.Filesystem.Mount.IsSupported, "mounts need Linux");

        var error = Assert.Single(Errors($"[handlers.orders]\n{line}\n"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("handlers.orders.", error.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_s_mistyped_key_is_a_warning_and_no_table_an_error()
    {
        var warning = Assert.Single(Read("[handlers.orders]\nmount = []\n").Warnings);
        Assert.Contains("did you mean mounts?", warning.Message, StringComparison.Ordinal);
        Assert.Contains("must be a table", Assert.Single(Errors("[handlers]\norders = 1\n")).Message, StringComparison.Ordinal);
    }

    private ConfigResult Read(string? toml, IReadOnlyList<ConfigOption>? options = null, params (string Name, string Value)[] environment)
    {
        if (toml is not null)
        {
            File.WriteAllText(Path.Combine(_directory, "mik.toml"), toml);
        }

        return ConfigReader.Read(new ConfigRequest
        {
            Directory = _directory,
            Options = options ?? [],
            Environment = environment.ToDictionary(static v => v.Name, static v => v.Value),
        });
    }

    private IReadOnlyList<ConfigProblem> Problems(string toml, IReadOnlyList<ConfigOption>? options = null, params (string Name, string Value)[] environment) =>
        Assert.Throws<ConfigException>(() => Read(toml, options, environment)).Problems;

    private IEnumerable<ConfigProblem> Errors(string toml) => Problems(toml).Where(static p => p.Severity == ConfigSeverity.Error);
}
