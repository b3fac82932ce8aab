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
        Compile(ModuleUsing(feature), feature | (feature == WasmFeatures.RelaxedSimd ? WasmFeatures.Simd : WasmFeatures.None));

    [Theory]
    [MemberData(nameof(Implemented))]
    public void Disabled_feature_is_refused_by_its_name(WasmFeatures feature)
    {
        var proposal = string.Concat(feature.ToString().Select(static (c, i) => i > 0 && char.IsUpper(c) ? $"-{c}" : $"{c}")).ToLowerInvariant();

        var refusal = Assert.Throws<ModuleValidationException>(() => Compile(ModuleUsing(feature), WasmFeatures.All & ~feature));

        Assert.Contains($"disabled in this engine ({proposal})", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PlacesOfVectors))]
    public void Vectors_are_refused_wherever_they_stand_when_disabled(byte[] module)
    {
        var refusal = Assert.Throws<ModuleValidationException>(() => Compile(module, WasmFeatures.All & ~WasmFeatures.Simd));

        Assert.Contains("SIMD is disabled", refusal.Message, StringComparison.Ordinal);
        Compile(module, WasmFeatures.All);
    }

    public static TheoryData<byte[]> PlacesOfVectors =>
    [
        WithFunction([V128], []),
        WithFunction([], [V128], 0x00),
        WithFunction([], [], 0x02, V128, 0x00, End, 0x1A),
        WithFunction([], [], 0x00, 0x1C, 1, V128, 0x1A),
        WithFunction([], [], 0x00, 0xFD, 0x4D, 0x1A),
        new ModuleBytes().Items(2, [.. Name("m"), .. Name("g"), 3, V128, 0]).ToArray(),
        new ModuleBytes().Items(6, [V128, 0, 0xFD, 0x0C, .. new byte[16], End]).ToArray(),
        new ModuleBytes().Types(FuncType([], [])).Functions(0).Items(10, Body([1, 1, V128, End])).ToArray(),
    ];

    [Fact]
    public void Engine_has_all_features_unless_told_otherwise() => Assert.Equal(WasmFeatures.All, new Engine().Options.Features);

    private static void Compile(byte[] module, WasmFeatures features) =>
        new Engine(new EngineOptions { Features = features, MemoryBounds = MemoryBounds.ExplicitChecks, Unloadable = true }).Compile(module, "m");

    private static byte[] ModuleUsing(WasmFeatures feature) => feature switch
    {
        WasmFeatures.TailCall => WithFunction([], [], 0x12, 0),
        WasmFeatures.ExtendedConst => new ModuleBytes().Items(6, [I32, 0, 0x41, 1, 0x41, 2, 0x6A, End]).ToArray(),
        WasmFeatures.Simd => WithFunction([V128], [V128], 0x20, 0),
        WasmFeatures.RelaxedSimd => WithFunction([], [], 0x00, 0xFD, 0x80, 0x02, 0x1A),
        WasmFeatures.FunctionReferences => new ModuleBytes().Types([0x60, 0, 1, 0x64, 0x70]).ToArray(),
        WasmFeatures.ExceptionHandling => new ModuleBytes().Types(FuncType([], [])).Items(13, [0, 0]).ToArray(),
        WasmFeatures.Memory64 => new ModuleBytes().Section(5, 1, 4, 1).ToArray(),
        WasmFeatures.MultiMemory => new ModuleBytes().Section(5, 2, 0, 1, 0, 1).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, null),
    };
}
