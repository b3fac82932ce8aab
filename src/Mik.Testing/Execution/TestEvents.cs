using System.Text.Json;
using System.Text.Json.Serialization;
using Mik.Scripting.Modules;
using Mik.Testing.Results;

namespace Mik.Testing.Execution;

/// <summary>An event of a test file, as <c>JavaScript/testing.js</c> reports it.</summary>
internal sealed record TestEvent
{
    /// <summary>Which one: loaded, plan, enter, start, end, broken, unloadable or done.</summary>
    public string Kind { get; init; } = "";

    public IReadOnlyList<PlannedTest> Tests { get; init; } = [];

    public int Index { get; init; }

    public int First { get; init; }

    public int Last { get; init; }

    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public IReadOnlyList<ThrownError> Errors { get; init; } = [];

    /// <summary>Reads an event; a test file may have tampered with the built-ins that wrote it.</summary>
    /// <returns><see langword="null"/> when it is no event.</returns>
    public static TestEvent? Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TestEventJson.Default.TestEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A test that the file declares.</summary>
internal sealed record PlannedTest(string Name, IReadOnlyList<string> Groups, string Mode, string? Site);

/// <summary>Something thrown, as <c>describeError</c> in <c>sdk/testing/errors.js</c> describes it.</summary>
internal sealed record ThrownError
{
    public string? Name { get; init; }

    public string? Message { get; init; }

    public string? Stack { get; init; }

    public string? Expected { get; init; }

    public string? Actual { get; init; }

    public string? Diff { get; init; }

    public ThrownError? Cause { get; init; }

    /// <summary>The error as results have it.</summary>
    /// <param name="sourceOf">The text of a module, where it is known.</param>
    public TestError ToTestError(Func<string, string?> sourceOf)
    {
        var stack = WithoutOutermostBuiltIns(ScriptStack.Clean(Stack, sourceOf));
        var place = ScriptStack.Top(stack);

        // An assertion's message says all there is to say.
        var name = Name is null or "" or "AssertionError" or "Error" ? "" : $"{Name}: ";
        return new TestError(name + (Message is null or "" ? "failed without a message" : Message))
        {
            Expected = Expected,
            Actual = Actual,
            Diff = Diff,
            File = place?.File,
            Line = place?.Line,
            Column = place?.Column,
            Stack = stack,
            Cause = Cause?.ToTestError(sourceOf),
        };
    }

    // Whatever the runner called the test with.
    private static string? WithoutOutermostBuiltIns(string? stack)
    {
        var frames = (stack ?? "").Split('\n').ToList();
        while (frames.Count > 0 && frames[^1].EndsWith(" (native)", StringComparison.Ordinal))
        {
            frames.RemoveAt(frames.Count - 1);
        }

        var rest = string.Join('\n', frames);
        return rest.Length == 0 ? null : rest;
    }
}

/// <summary>Options as <c>run</c> in <c>JavaScript/testing.js</c> reads them.</summary>
internal sealed record RunOptions(int From, double Timeout, string? Pattern, bool Bail, bool AllowsOnly, bool HasHandlers);

/// <summary>What a test asks of a script, as <c>invoke</c> in <c>JavaScript/testing.js</c> writes it.</summary>
internal sealed record InvocationRequest(
    string Script, string Method, string Path, string Query, IReadOnlyList<IReadOnlyList<string>> Headers, string ContentType, bool HasHost);

/// <summary>What a test's host answers, as <c>answerCall</c> in <c>JavaScript/testing.js</c> writes it.</summary>
internal sealed record MockAnswer(
    int Status,
    IReadOnlyList<IReadOnlyList<string>>? Headers,
    string? ContentType,
    string? Code,
    string? Message,
    double? RetryAfter,
    bool IsBroken);

/// <summary>Reads and writes what crosses, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TestEvent))]
[JsonSerializable(typeof(RunOptions))]
[JsonSerializable(typeof(InvocationRequest))]
[JsonSerializable(typeof(MockAnswer))]
internal sealed partial class TestEventJson : JsonSerializerContext;
