using System.Text.Json;
using Mik.TestKit;
using Mik.Wasm.Runtime;

namespace Mik.Conformance.Tests.Core;

/// <summary>
/// The features that scripts name. Those the engine implements come from <see cref="WasmFeatures"/>; every other one must be listed in
/// <c>unsupported-features.json</c> with the reason, and modules that need it must be refused.
/// </summary>
internal static class Features
{
    // Concerns the text format alone; in a binary there is nothing to support.
    private const string Annotations = "annotations";

    private static readonly HashSet<string> Supported =
    [
        Annotations,
        .. Enum.GetValues<WasmFeatures>().Where(static f => int.PopCount((int)f) == 1 && WasmFeatures.All.HasFlag(f)).Select(ProposalName),
    ];

    private static readonly HashSet<string> Planned = [.. Enum.GetValues<WasmFeatures>().Select(ProposalName)];

    /// <summary>By feature, why it is not there.</summary>
    public static IReadOnlyDictionary<string, string> Unsupported { get; } =
        JsonSerializer.Deserialize<Dictionary<string, string>>(
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "test", "Mik.Conformance.Tests", "unsupported-features.json")))!;

    /// <summary>Whether the engine has the feature.</summary>
    /// <exception cref="InvalidOperationException">The feature is not known at all.</exception>
    public static bool IsSupported(string feature) =>
        Supported.Contains(feature)
        || (Planned.Contains(feature) || Unsupported.ContainsKey(feature)
            ? false
            : throw new InvalidOperationException($"the feature {feature} is neither implemented nor listed as unsupported"));

    // A capital letter begins a word: TailCall is tail-call.
    private static string ProposalName(WasmFeatures feature) =>
        string.Concat(feature.ToString().Select(static (c, i) => i > 0 && char.IsUpper(c) ? $"-{c}" : $"{c}")).ToLowerInvariant();
}
