using System.Globalization;
using Mik.Components.CanonicalAbi;
using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.Tests.CanonicalAbi;

public sealed class AbiTypesTests
{
    private static readonly ResourceType Resource = new("r");

    public static TheoryData<string, int, int, string> Layouts => new()
    {
        { "bool", 1, 1, "i32" },
        { "u8", 1, 1, "i32" },
        { "s16", 2, 2, "i32" },
        { "u32", 4, 4, "i32" },
        { "s64", 8, 8, "i64" },
        { "f32", 4, 4, "f32" },
        { "f64", 8, 8, "f64" },
        { "char", 4, 4, "i32" },
        { "string", 8, 4, "i32 i32" },
        { "list<u64>", 8, 4, "i32 i32" },
        { "list<u16, 3>", 6, 2, "i32 i32 i32" },
        { "map<u8, u64>", 8, 4, "i32 i32" },
        { "record(u8, u32, u8)", 12, 4, "i32 i32 i32" },
        { "tuple(u64, u8)", 16, 8, "i64 i32" },
        { "option<u8>", 2, 1, "i32 i32" },
        { "option<u64>", 16, 8, "i32 i64" },
        { "result<_, _>", 1, 1, "i32" },
        { "result<f32, u32>", 8, 4, "i32 i32" },
        { "result<f32, u64>", 16, 8, "i32 i64" },
        { "result<f64, f32>", 16, 8, "i32 i64" },
        { "result<string, u64>", 16, 8, "i32 i64 i32" },
        { "variant256", 1, 1, "i32" },
        { "variant257", 2, 2, "i32" },
        { "flags8", 1, 1, "i32" },
        { "flags9", 2, 2, "i32" },
        { "flags17", 4, 4, "i32" },
        { "own", 4, 4, "i32" },
        { "borrow", 4, 4, "i32" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Layout_and_flat_form_follow_the_reference(string type, int size, int alignment, string flat)
    {
        var abi = new AbiTypes().Of(Parse(type));

        Assert.Equal(size, abi.Size);
        Assert.Equal(alignment, abi.Alignment);
        Assert.Equal(flat, string.Join(' ', abi.Flat.Select(static t => t.Text())));
    }

    [Fact]
    public void Sixteen_flat_parameters_are_passed_flat_and_seventeen_in_memory()
    {
        var sixteen = Function(16, null);
        var seventeen = Function(17, null);

        Assert.Equal(16, sixteen.Lifted.Parameters.Length);
        Assert.False(sixteen.SpillsParameters);
        Assert.Equal("(i32) -> ()", seventeen.Lifted.ToString());
        Assert.Equal("(i32) -> ()", seventeen.Lowered.ToString());
        Assert.Equal(68, seventeen.ParameterTuple.Size);
    }

    [Fact]
    public void Two_flat_results_are_returned_through_memory()
    {
        var function = Function(1, WitType.String);

        Assert.Equal("(i32) -> (i32)", function.Lifted.ToString());
        Assert.Equal("(i32 i32) -> ()", function.Lowered.ToString());
    }

    [Fact]
    public void Single_flat_result_is_returned_flat() =>
        Assert.Equal("() -> (f64)", Function(0, WitType.F64).Lowered.ToString());

    private static AbiFunc Function(int parameters, WitType? result) => new(
        ComponentFuncType.Of(
            result,
            [.. Enumerable.Range(0, parameters).Select(static i => new WitField(string.Create(CultureInfo.InvariantCulture, $"p{i}"), WitType.U32))]),
        new AbiTypes());

    private static WitType Parse(string type) => type switch
    {
        "bool" => WitType.Bool,
        "u8" => WitType.U8,
        "s16" => WitType.S16,
        "u32" => WitType.U32,
        "s64" => WitType.S64,
        "f32" => WitType.F32,
        "f64" => WitType.F64,
        "char" => WitType.Char,
        "string" => WitType.String,
        "list<u64>" => WitType.List(WitType.U64),
        "list<u16, 3>" => WitType.FixedList(WitType.U16, 3),
        "map<u8, u64>" => WitType.Map(WitType.U8, WitType.U64),
        "record(u8, u32, u8)" => WitType.Record(new("a", WitType.U8), new("b", WitType.U32), new("c", WitType.U8)),
        "tuple(u64, u8)" => WitType.Tuple(WitType.U64, WitType.U8),
        "option<u8>" => WitType.Option(WitType.U8),
        "option<u64>" => WitType.Option(WitType.U64),
        "result<_, _>" => WitType.Result(null, null),
        "result<f32, u32>" => WitType.Result(WitType.F32, WitType.U32),
        "result<f32, u64>" => WitType.Result(WitType.F32, WitType.U64),
        "result<f64, f32>" => WitType.Result(WitType.F64, WitType.F32),
        "result<string, u64>" => WitType.Result(WitType.String, WitType.U64),
        "variant256" => WitType.Enum(Labels(256)),
        "variant257" => WitType.Enum(Labels(257)),
        "flags8" => WitType.Flags(Labels(8)),
        "flags9" => WitType.Flags(Labels(9)),
        "flags17" => WitType.Flags(Labels(17)),
        "own" => WitType.Own(Resource),
        "borrow" => WitType.Borrow(Resource),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static string[] Labels(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"l{i}"))];
}
