using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Runtime;

/// <summary>One small module for each feature: it compiles with the feature and is refused by name without.</summary>
public sealed class WasmFeaturesTests
{
    public static TheoryData<WasmFeatures> Implemented =>
        [.. Enum.GetValues<WasmFeatures>().Where(static f => int.PopCount((int)f) == 1 && WasmFeatures.All.HasFlag(f))];

    [Theory]
    [MemberData(nameof(Implemented))]
    public void Module_compiles_with_the_one_feature_it_uses(WasmFeatures feature) =>
        Compile(ModuleUsing(feature), feature);

    [Theory]
    [MemberData(nameof(Implemented))]
    public void Disabled_feature_is_refused_by_its_name(WasmFeatures feature)
    {
        var proposal = string.Concat(feature.ToString().Select(static (c, i) => i > 0 && char.IsUpper(c) ? $"-{c}" : $"{c}")).ToLowerInvariant();

        var refusal = Assert.Throws<ModuleValidationException>(() => Compile(ModuleUsing(feature), WasmFeatures.All & ~feature));

        Assert.Contains($"disabled in this engine ({proposal})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_has_all_features_unless_told_otherwise() => Assert.Equal(WasmFeatures.All, new Engine().Options.Features);

    private static void Compile(byte[] module, WasmFeatures features) =>
        new Engine(new EngineOptions { Features = features, MemoryBounds = MemoryBounds.ExplicitChecks, Unloadable = true }).Compile(module, "m");

    private static byte[] ModuleUsing(WasmFeatures feature) => feature switch
    {
        WasmFeatures.TailCall => WithFunction([], [], 0x12, 0),
        WasmFeatures.ExtendedConst => new ModuleBytes().Items(6, [I32, 0, 0x41, 1, 0x41, 2, 0x6A, End]).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, null),
    };
}
