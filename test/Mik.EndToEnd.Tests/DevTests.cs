using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary><c>mik dev</c>: explains failures where they are seen, and takes up every edit.</summary>
public sealed partial class DevTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_uncaught_error_is_explained_in_the_answer_and_in_the_log()
    {
        using var project = new TemporaryProject().Write("scripts/cart.ts", """
            import { script } from "mik-sdk";
            type Item = { price?: number };
            function priceOf(item: Item): number {
              throw new RangeError("no price");
            }

            export default script(async () => priceOf({}));
            """);
        await using var server = await MikProcess.StartDevAsync(project.Directory);

        var problem = await ProblemAsync(server, "/script/cart");

        Assert.Equal("urn:mik:error:script-threw", problem.GetProperty("type").GetString());
        var diagnosis = problem.GetProperty("diagnosis").GetString()!.Split('\n');
        Assert.Equal("cart.ts:4:13: RangeError: no price", diagnosis[0]);
        Assert.Matches(@"^\s+at priceOf \(cart\.ts:4:13\)$", diagnosis[1]);
        Assert.Matches(@"^\s+at .*\(cart\.ts:7:35\)$", diagnosis[2]);

        // Readable: an entry begins with the time, its further lines are indented.
        await server.WaitForLogAsync("at priceOf (cart.ts:4:13)");
        Assert.All(server.Log.TrimEnd('\n').Split('\n'), static line => Assert.Matches(TimeOrIndent(), line));
        Assert.Contains("warning GET /script/cart failed with 500 script-threw: cart ", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_cannot_be_loaded_is_explained_in_the_answer()
    {
        using var project = new TemporaryProject().Write("scripts/odd.ts", "let n: number = 1;\nlet m: string == 2;\n");
        await using var server = await MikProcess.StartDevAsync(project.Directory);

        var problem = await ProblemAsync(server, "/script/odd");

        Assert.StartsWith("odd.ts:2:", problem.GetProperty("diagnosis").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handlers_that_come_go_or_change_are_loaded_again()
    {
        using var project = new TemporaryProject().AddHandler("http_hello");
        await using var server = await MikProcess.StartDevAsync(project.Directory);
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));

        project.AddHandler("http_status");
        await WaitForAnswerAsync(server, "/run/http_status/", 200, "{\"code\":200}");

        File.Copy(TemporaryProject.Guest("http_status"), Path.Combine(project.Directory, "modules", "http_hello.wasm"), overwrite: true);
        await WaitForAnswerAsync(server, "/run/http_hello/", 200, "{\"code\":200}");

        File.WriteAllText(Path.Combine(project.Directory, "modules", "http_hello.wasm"), "no component");
        await WaitForAnswerAsync(server, "/run/http_hello/", 500, "handler-unloadable");

        File.Delete(Path.Combine(project.Directory, "modules", "http_hello.wasm"));
        await WaitForAnswerAsync(server, "/run/http_hello/", 404, "handler-unknown");
        await WaitForAnswerAsync(server, "/run/http_status/", 200, "{\"code\":200}");
    }

    [Fact]
    public async Task A_changed_configuration_is_served_on_the_same_port_and_a_broken_one_is_not()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[server]\nscripts = 'one/'\n").Write("one/a.js", "export default () => 1;").Write("two/a.js", "export default () => 2;");
        await using var server = await MikProcess.StartDevAsync(project.Directory);
        await WaitForAnswerAsync(server, "/script/a", 200, "1");

        project.Write("mik.toml", "[server]\nscripts = 2\n");
        await server.WaitForLogAsync("mik.toml:2");
        await WaitForAnswerAsync(server, "/script/a", 200, "1");

        project.Write("mik.toml", "[server]\nscripts = 'two/'\n");
        await WaitForAnswerAsync(server, "/script/a", 200, "2");
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(2, server.Output.Split('\n').Count(line => line == $"Listening on {server.Address.ToString().TrimEnd('/')}"));
    }

    private static async Task<JsonElement> ProblemAsync(MikProcess server, string path)
    {
        using var answer = await server.Client.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task WaitForAnswerAsync(MikProcess server, string path, int status, string part)
    {
        var last = "";
        await server.WaitUntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await server.Client.GetAsync(path, Cancellation);
                    last = await answer.Content.ReadAsStringAsync(Cancellation);
                    return (int)answer.StatusCode == status && last.Contains(part, StringComparison.Ordinal);
                }
                catch (HttpRequestException)
                {
                    // It is just being started again.
                    return false;
                }
            },
            string.Create(CultureInfo.InvariantCulture, $"{path} does not answer {status} with {part}"));
    }

    [GeneratedRegex(@"^(?:\d\d:\d\d:\d\d\.\d\d\d |             )")]
    private static partial Regex TimeOrIndent();
}
