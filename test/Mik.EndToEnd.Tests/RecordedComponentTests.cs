using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Components that were made for other hosts answer here as they were recorded there, over both protocols.</summary>
public sealed partial class RecordedComponentTests(RecordedComponents components) : IClassFixture<RecordedComponents>
{
    // The port that the recorded requests name for the server they call; the one here listens wherever it can.
    private const string RecordedPort = "18999";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Cases
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            if (!SharedData.IsPresent)
            {
                data.Add(new TheoryDataRow<string, int, string>("", 0, "") { Skip = "needs the shared test data directory beside the repository" });
                return data;
            }

            foreach (var component in RecordedComponents.Recorded().EnumerateObject())
            {
                for (var i = 0; i < component.Value.GetProperty("cases").GetArrayLength(); i++)
                {
                    data.Add(component.Name, i, "1.1");
                    data.Add(component.Name, i, "2.0");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Answer_is_as_recorded(string component, int index, string version)
    {
        var recorded = RecordedComponents.Recorded().GetProperty(component).GetProperty("cases")[index];
        using var request = RequestOf(component, recorded.GetProperty("request"));
        request.Version = Version.Parse(version);
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using var answer = await components.Server.Client.SendAsync(request, Cancellation);

        var body = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(recorded.GetProperty("status").GetInt32(), (int)answer.StatusCode);
        Assert.Equal(recorded.GetProperty("body").GetString(), WithoutAddedHeaders(Describe(body)));
        Assert.Equal(Version.Parse(version), answer.Version);
        var headers = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated).ToDictionary(
            static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        foreach (var header in recorded.GetProperty("headers").EnumerateArray().Select(static header => header.GetString()!.Split(": ", 2)))
        {
            // How the recording server framed bodies is its own affair.
            if (header[0] is not ("transfer-encoding" or "content-length"))
            {
                Assert.Equal(header[1], headers[header[0]]);
            }
        }
    }

    [Fact]
    public async Task Javascript_of_another_engine_prints_to_the_log()
    {
        SharedData.Require("fixtures/built");

        using (await components.Server.Client.GetAsync("/run/js-fetch/log", Cancellation))
        {
        }

        await components.Server.WaitForLogAsync("log line");
        await components.Server.WaitForLogAsync("err line");
    }

    private HttpRequestMessage RequestOf(string component, JsonElement recorded)
    {
        var path = recorded.GetProperty("path").GetString()!.Replace(RecordedPort, $"{components.UpstreamPort}", StringComparison.Ordinal);
        var request = new HttpRequestMessage(
            recorded.TryGetProperty("method", out var method) ? new HttpMethod(method.GetString()!) : HttpMethod.Get, $"/run/{component}{path}");
        if (recorded.TryGetProperty("body", out var body))
        {
            // A long body is recorded as y×20000.
            var text = body.GetString()!;
            request.Content = new ByteArrayContent(
                Encoding.UTF8.GetBytes(text is ['y', '\u00d7', .. var count] ? new string('y', int.Parse(count)) : text));
        }

        foreach (var header in recorded.TryGetProperty("headers", out var headers) ? headers.EnumerateObject() : default)
        {
            if (!request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()))
            {
                request.Content!.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        return request;
    }

    // Handlers are told the request's id and its trace context, and two components tell which headers they got.
    private static string WithoutAddedHeaders(string body) => CountOfHeaders().Replace(
        IdOfRequest().Replace(body, ""), static count => $"\"headers\":{int.Parse(count.Groups[1].Value) - 2}");

    [GeneratedRegex(",\"x-request-id\":\"[^\"]*\"")]
    private static partial Regex IdOfRequest();

    [GeneratedRegex("\"headers\":([0-9]+)")]
    private static partial Regex CountOfHeaders();

    private static string Describe(byte[] body) => body.Length > 400
        ? $"{body.Length} bytes sha256 {Convert.ToHexStringLower(SHA256.HashData(body))[..16]}"
        : Encoding.UTF8.GetString(body);
}
