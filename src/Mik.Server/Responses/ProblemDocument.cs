using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mik.Server.Faults;

namespace Mik.Server.Responses;

/// <summary>A fault as clients see it. rfc: 9457#3.1</summary>
internal sealed record ProblemDocument
{
    private const string TypePrefix = "urn:mik:error:";

    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>The request's id, as <c>X-Request-ID</c> has it.</summary>
    public required string Instance { get; init; }

    /// <summary>The handler concerned.</summary>
    public string? Handler { get; init; }

    /// <summary>The script concerned.</summary>
    public string? Script { get; init; }

    /// <summary>What the log says; under development only.</summary>
    public string? Diagnosis { get; init; }

    /// <summary>Describes a fault.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="requestId">To which request.</param>
    /// <param name="development">Whether the reader may see what the log says.</param>
    public static ProblemDocument Of(Fault fault, string requestId, bool development) => new()
    {
        Type = TypePrefix + fault.Rule.Slug,
        Title = fault.Rule.Title,
        Status = fault.Rule.Status,
        Detail = fault.Detail,
        Instance = requestId,
        Diagnosis = development ? fault.Diagnosis ?? fault.Cause?.ToString() : null,
    };
}

/// <summary>Writes problem documents without reflection.</summary>
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Readable text: quotes and non-ASCII letters need no escapes in a body that says it is JSON.</summary>
    public static ProblemJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
