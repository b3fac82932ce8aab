using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Handlers see the directories that the configuration mounts for them, and no others.</summary>
public sealed class MountTests(MountedProject project) : IClassFixture<MountedProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MikProcess Server => project.Server;

    [Theory]
    [InlineData("/assets/a.txt", HttpStatusCode.OK, "asset")]
    [InlineData("/assets/deep/b.txt", HttpStatusCode.OK, "deep")]
    [InlineData("/assets/absent", HttpStatusCode.Conflict, "error-code 20")]
    [InlineData("/assets/deep/../../mik.toml", HttpStatusCode.Conflict, "error-code 31")]
    [InlineData("/assets/link", HttpStatusCode.Conflict, "error-code 31")]
    [InlineData("/assets//etc/passwd", HttpStatusCode.Conflict, "error-code 31")]
    [InlineData("/mik.toml", HttpStatusCode.NotFound, "")]
    [InlineData("/etc/passwd", HttpStatusCode.NotFound, "")]
    public async Task A_mount_is_read_and_nothing_beside_it(string path, HttpStatusCode status, string body)
    {
        using var exchange = await RawExchange.OpenAsync(Server.Address);

        // HttpClient would take the dots out. To an older client nothing is sent in chunks, however long the guest takes.
        await exchange.SendAsync($"GET /run/http_files{path} HTTP/1.0\r\nHost: x\r\n\r\n");

        var answer = await exchange.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {(int)status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{body}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_stays_and_reads_again()
    {
        using var written = await Server.Client.PutAsync("/run/http_files/data/new.txt", new StringContent("new"), Cancellation);

        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Equal("new", await Server.Client.GetStringAsync("/run/http_files/data/new.txt", Cancellation));
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(project.Project.Directory, "data", "new.txt"), Cancellation));
    }

    [Fact]
    public async Task A_mount_for_reading_is_not_written()
    {
        using var refused = await Server.Client.PutAsync("/run/http_files/assets/a.txt", new StringContent("new"), Cancellation);

        Assert.Equal("error-code 33", await refused.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("asset", await File.ReadAllTextAsync(Path.Combine(project.Project.Directory, "assets", "a.txt"), Cancellation));
    }

    [Fact]
    public async Task Another_handler_sees_nothing()
    {
        using var answer = await Server.Client.GetAsync("/run/other_files/assets/a.txt", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Requests_leave_no_files_open()
    {
        // The first ones may leave connections and threads of the runtime's own behind.
        await ReadManyAsync();
        var before = OpenFiles();

        await ReadManyAsync();

        await Server.WaitUntilAsync(() => Task.FromResult(OpenFiles() <= before), "files stay open");
    }

    private int OpenFiles() => Directory.GetFiles($"/proc/{Server.Id}/fd").Length;

    private async Task ReadManyAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("deep", await Server.Client.GetStringAsync("/run/http_files/assets/deep/b.txt", Cancellation));
        }
    }
}
