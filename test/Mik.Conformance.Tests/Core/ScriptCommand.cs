using System.Text.Json;

namespace Mik.Conformance.Tests.Core;

/// <summary>One command of a script: a view of its JSON object.</summary>
internal sealed class ScriptCommand(JsonElement json)
{
    public string Type { get; } = json.GetProperty("type").GetString()!;

    public int Line { get; } = json.GetProperty("line").GetInt32();

    public bool IsAssertion => Type.StartsWith("assert_", StringComparison.Ordinal);

    /// <summary>The module to load, if the command has one and it exists in binary form.</summary>
    public string? BinaryFile =>
        Text("module_type") == "binary" ? Text("filename") : Text("binary_filename");

    public bool NeedsTextParser => Text("filename") is not null && (BinaryFile is null || Text("skip") is not null);

    /// <summary>The first feature the module needs and the engine does not have; <see langword="null"/> when it has all.</summary>
    public string? UnsupportedFeature => json.TryGetProperty("features", out var features)
        ? features.EnumerateArray().Select(static f => f.GetString()!).FirstOrDefault(static f => !Features.IsSupported(f))
        : null;

    public ScriptAction? Action => json.TryGetProperty("action", out var action) ? new ScriptAction(action) : null;

    public IEnumerable<JsonElement> Expected => json.GetProperty("expected").EnumerateArray();

    /// <summary>A string member, or <see langword="null"/> when it is absent.</summary>
    public string? Text(string member) => json.TryGetProperty(member, out var value) ? value.GetString() : null;
}

/// <summary>What an action command does: call an exported function or read an exported global.</summary>
internal sealed class ScriptAction(JsonElement json)
{
    public bool IsInvoke { get; } = json.GetProperty("type").GetString() == "invoke";

    /// <summary>Name of the instance; the current one when absent.</summary>
    public string? Module { get; } = json.TryGetProperty("module", out var module) ? module.GetString() : null;

    public string Field { get; } = json.GetProperty("field").GetString()!;

    public IEnumerable<JsonElement> Arguments => json.GetProperty("args").EnumerateArray();
}
