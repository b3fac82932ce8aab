using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Mik.Wasm.Validation;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Validation;

public sealed class ModuleValidatorTests
{
    [Fact]
    public void Duplicate_export_is_invalid() => AssertInvalid(
        "duplicate export name",
        new ModuleBytes().Memory().Items(7, [.. Name("m"), 2, 0], [.. Name("m"), 2, 0]));

    [Theory]
    [InlineData(0, "unknown function 0")]
    [InlineData(1, "unknown table 0")]
    [InlineData(2, "unknown memory 0")]
    [InlineData(3, "unknown global 0")]
    public void Export_must_exist(byte kind, string message) =>
        AssertInvalid(message, new ModuleBytes().Items(7, [.. Name("x"), kind, 0]));

    [Fact]
    public void Start_function_takes_and_returns_nothing() => AssertInvalid(
        "start function: its type is (i32) -> ()",
        new ModuleBytes().Types(FuncType([I32], [])).Functions(0).Section(8, 0).Code((byte[])[]));

    [Fact]
    public void Start_function_must_exist() => AssertInvalid("start: unknown function 0", new ModuleBytes().Section(8, 0));

    [Fact]
    public void Memory_is_at_most_4_GiB() => AssertInvalid(
        "memory size must be at most 65536 pages", new ModuleBytes().Section(5, [1, 0, .. Leb(65_537)]));

    [Fact]
    public void Minimum_is_at_most_the_maximum()
    {
        AssertInvalid("size minimum must not be greater than maximum", new ModuleBytes().Section(5, 1, 1, 2, 1));
        AssertInvalid("size minimum must not be greater than maximum", new ModuleBytes().Section(4, 1, FuncReference, 1, 2, 1));
    }

    [Theory]
    [InlineData("05 05 01 04 81 80 04", true)]
    [InlineData("05 0A 01 04 80 80 80 80 80 80 40", true)]
    [InlineData("05 0A 01 04 81 80 80 80 80 80 40", false)]
    [InlineData("05 05 01 00 81 80 04", false)]
    public void Pages_are_as_many_as_addresses_reach(string section, bool isValid)
    {
        var bytes = Convert.FromHexString(section.Replace(" ", "", StringComparison.Ordinal));
        bytes[1] = (byte)(bytes.Length - 2);
        byte[] module = [.. new ModuleBytes().ToArray(), .. bytes];

        if (isValid)
        {
            ModuleValidator.Validate(ModuleDecoder.Decode(module));
        }
        else
        {
            Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(module)));
        }
    }

    [Fact]
    public void Table_of_references_that_are_never_null_needs_an_initial_value()
    {
        byte[] neverNull = [0x64, 0x70, 0, 1];

        AssertInvalid("needs an initial value", new ModuleBytes().Items(4, neverNull));
        ModuleValidator.Validate(ModuleDecoder.Decode(new ModuleBytes()
            .Types(FuncType([], []))
            .Functions(0)
            .Items(4, [0x40, 0, .. neverNull, 0xD2, 0, End])
            .Code((byte[])[])
            .ToArray()));
    }

    [Fact]
    public void Tag_has_no_results() =>
        AssertInvalid("non-empty tag result type", new ModuleBytes().Types(FuncType([], [I32])).Items(13, [0, 0]));

    [Fact]
    public void Element_segment_must_fit_its_table()
    {
        byte[] segment = [4, 0x41, 0, End, 0];

        AssertInvalid("unknown table 0", new ModuleBytes().Items(9, segment));
        AssertInvalid("a funcref segment for a externref table", new ModuleBytes().Table(ExternReference).Items(9, segment));
        AssertInvalid("unknown function 7", new ModuleBytes().Table().Items(9, [1, 0, 1, 7]));
    }

    [Fact]
    public void Active_data_segment_needs_a_memory() => AssertInvalid(
        "unknown memory 0", new ModuleBytes().Items(11, [0, 0x41, 0, End, 0]));

    [Fact]
    public void Function_may_be_referenced_when_it_occurs_outside_of_code()
    {
        byte[] code = [0xD2, 0, 0x1A];
        var withoutDeclaration = new ModuleBytes().Types(FuncType([], [])).Functions(0).Section(8, 0).Code(code);
        var withSegment = new ModuleBytes().Types(FuncType([], [])).Functions(0).Items(9, [3, 0, 1, 0]).Code(code);

        AssertInvalid("undeclared function reference 0", withoutDeclaration);
        ModuleValidator.Validate(ModuleDecoder.Decode(withSegment.ToArray()));
    }

    /// <summary>Whatever is done to a module, it is accepted or refused; nothing else comes out.</summary>
    [Fact]
    public void Mutated_modules_cause_only_typed_errors()
    {
        var random = new Random(20260101);
        var original = Everything().ToArray();
        ModuleValidator.Validate(ModuleDecoder.Decode(original));
        var accepted = 0;
        for (var round = 0; round < 6_000; round++)
        {
            var mutated = Mutate(original, random);
            try
            {
                ModuleValidator.Validate(ModuleDecoder.Decode(mutated));
                accepted++;
            }
            catch (ModuleException)
            {
                // Refused, as most are.
            }
        }

        Assert.InRange(accepted, 1, 5_999);
    }

    [Fact]
    public void Every_truncation_is_refused_or_a_shorter_module()
    {
        var original = Everything().ToArray();
        for (var length = 0; length < original.Length; length++)
        {
            try
            {
                ModuleValidator.Validate(ModuleDecoder.Decode(original.AsMemory(0, length)));
            }
            catch (ModuleException)
            {
                // What is expected of nearly all of them.
            }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var position = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(position, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(position);
                    break;
                default:
                    bytes[position] = (byte)(bytes[position] + random.Next(-2, 3));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A valid module with every section and most kinds of immediates.</summary>
    private static ModuleBytes Everything() => new ModuleBytes()
        .Types(FuncType([], []), FuncType([I32, I64], [I64, I32]), FuncType([ExternReference, FuncReference], [F32]))
        .Items(2, [.. Name("env"), .. Name("f"), 0, 1], [.. Name("env"), .. Name("g"), 3, I32, 0])
        .Functions(0, 1, 2)
        .Items(4, [FuncReference, 1, 2, 9], [ExternReference, 0, 1])
        .Memory()
        .Items(6, [I32, 1, 0x23, 0, 0x41, 1, 0x6A, End], [FuncReference, 0, 0xD2, 1, End])
        .Items(7, [.. Name("run"), 0, 1], [.. Name("memory"), 2, 0])
        .Section(8, 1)
        .Items(9, [0, 0x41, 0, End, 1, 2], [5, ExternReference, 1, 0xD0, ExternReference, End], [3, 0, 1, 3])
        .Section(12, 2)
        .Items(
            10,
            Body(
            [
                2, 2, I32, 1, F64,
                0x41, 0, 0x41, 0, 0x41, 1, 0xFC, 8, 1, 0, 0xFC, 9, 1,
                0x41, 0, 0x41, 0, 0x41, 1, 0xFC, 12, 0, 0, 0xFC, 13, 0,
                0x03, Empty, 0x20, 0, 0x0D, 0, 0x02, Empty, 0x41, 1, 0x0E, 1, 0, 1, 0x0B, 0x0B,
                0xD2, 3, 0x1A, 0x00, End,
            ]),
            Body([0, 0x20, 0, 0x20, 1, 0x02, 1, 0x1A, 0x1A, 0x42, 5, 0x41, 6, End, End]),
            Body(
            [
                0, 0x20, 0, 0xD1, 0x04, F32, 0x43, 0, 0, 0x80, 0x3F, 0x05, 0x20, 0, 0x20, 1, 0x41, 0, 0x13, 2, 0, End,
                0x41, 4, 0x2A, 2, 8, 0x92, End,
            ]))
        .Items(11, [0, 0x41, 4, End, 2, 1, 2], [1, 1, 3])
        .Custom("name", 1, 4, 1, 1, 1, (byte)'r');

    private static void AssertInvalid(string message, ModuleBytes module) => Assert.Contains(
        message,
        Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(module.ToArray()))).Message,
        StringComparison.Ordinal);
}
