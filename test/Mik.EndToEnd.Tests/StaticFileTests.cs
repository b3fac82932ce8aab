using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Files below <c>/static/</c>: sent whole, and nothing else reachable.</summary>
public sealed class StaticFileTests(StaticFileTests.StaticProject project) : IClassFixture<StaticFileTests.StaticProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MikProcess Server => project.Server;

    [Fact]
    public async Task Files_are_served_with_type_and_validators_and_compressed_on_the_way()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/static/page.html");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var page = await Server.Client.SendAsync(request, Cancellation);

        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
        Assert.Equal("gzip", Assert.Single(page.Content.Headers.ContentEncoding));
        Assert.NotNull(page.Headers.ETag);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/static/page.html");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag);
        using var unchanged = await Server.Client.SendAsync(again, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("/static/../mik.toml")]
    [InlineData("/static/%2e%2e/mik.toml")]
    [InlineData("/static/%2E%2E%2Fmik.toml")]
    [InlineData("/static/..%5Cmik.toml")]
    [InlineData("/static/a/../../mik.toml")]
    [InlineData("/static//etc/passwd")]
    [InlineData("/static/%2Fetc%2Fpasswd")]
    [InlineData("/static/x%00.html")]
    [InlineData("/static/page.html::$DATA")]
    [InlineData("/static/leak.toml")]
    [InlineData("/static/up/mik.toml")]
    [InlineData("/static/.env")]
    public async Task Nothing_else_can_be_reached(string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Server.Address.Host, Server.Address.Port, Cancellation);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancellation);

        var answer = await new StreamReader(connection.GetStream()).ReadToEndAsync(Cancellation);

        Assert.Matches("^HTTP/1.1 (400|404) ", answer);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_replaced_under_load_is_always_one_of_its_versions()
    {
        using var done = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var clients = Enumerable.Range(0, 2).Select(_ => AskUntilAsync(failures, done.Token)).ToList();
        for (var version = 1; version <= 100; version++)
        {
            project.Replace(Version(version));
            await Server.Client.GetStringAsync("/static/live.txt", Cancellation);
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(clients), static answers => Assert.True(answers > 0));
        Assert.Empty(failures);
        Assert.Equal(Version(100), await Server.Client.GetStringAsync("/static/live.txt", Cancellation));
    }

    private async Task<int> AskUntilAsync(ConcurrentQueue<string> failures, CancellationToken done)
    {
        var answers = 0;
        for (; !done.IsCancellationRequested; answers++)
        {
            using var answer = await Server.Client.GetAsync("/static/live.txt", Cancellation);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK || text.Split(' ') is not [var first, _, var last] || first != last)
            {
                failures.Enqueue($"{(int)answer.StatusCode} {text.Length}");
            }
        }

        return answers;
    }

    private static string Version(int version)
    {
        var name = version.ToString(CultureInfo.InvariantCulture);
        return $"{name} {new string('-', version * 2000)} {name}";
    }

    /// <summary>A server with static files.</summary>
    public sealed class StaticProject : ServedProject
    {
        internal void Replace(string text)
        {
            Project.Write("static/live.new", text);
            File.Move(Path.Combine(Project.Directory, "static", "live.new"), Path.Combine(Project.Directory, "static", "live.txt"), overwrite: true);
        }

        protected override void Prepare()
        {
            Project
                .Write("mik.toml", "[project]\ndescription = 'secret'\n[server]\nstatic = 'static'\n")
                .Write("static/page.html", string.Concat(Enumerable.Repeat("<p>all work and no play</p>\n", 100)))
                .Write("static/.env", "secret")
                .Write("static/live.txt", Version(0));
            var files = Path.Combine(Project.Directory, "static");
            File.CreateSymbolicLink(Path.Combine(files, "leak.toml"), Path.Combine(Project.Directory, "mik.toml"));
            Directory.CreateSymbolicLink(Path.Combine(files, "up"), "..");
        }
    }
}
