using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>What a script answered, as a client sees it.</summary>
/// <param name="Status">The status.</param>
/// <param name="ContentType">The content type, parameters included; empty without one.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Headers">The other headers, names in lower case, repeats joined.</param>
public sealed record ScriptReply(int Status, string ContentType, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public static async Task<ScriptReply> OfAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key.ToLowerInvariant(), static header => string.Join(", ", header.Value), StringComparer.Ordinal);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ScriptReply((int)response.StatusCode, headers.GetValueOrDefault("content-type", ""), body, headers);
    }

    /// <summary>Asserts that a sentence of the scripts' contract holds.</summary>
    /// <param name="sentence">The sentence, or as much of it as tells which one it is.</param>
    /// <param name="status">The status it promises.</param>
    /// <param name="body">The body it promises.</param>
    /// <param name="contentType">The content type it promises, where it promises one.</param>
    public void Shows(string sentence, int status, string body, string? contentType = null)
    {
        var asPromised = Status == status && Body == body && (contentType ?? ContentType) == ContentType;
        Assert.True(asPromised, $"\"{sentence}\" does not hold:\n  expected {status} {contentType} {body}\n  got      {Status} {ContentType} {Body}");
    }

    /// <summary>Asserts that the sentence holds and its example ends with a problem of the runtime's.</summary>
    public void ShowsProblem(string sentence, int status, string slug)
    {
        var asPromised = Status == status && ContentType == "application/problem+json" && Body.Contains($"\"urn:mik:error:{slug}\"", StringComparison.Ordinal);
        Assert.True(asPromised, $"\"{sentence}\" does not hold:\n  expected {status} {slug}\n  got      {Status} {ContentType} {Body}");
    }
}
