using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Mik.Wasm.Validation;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Validation;

// The code in these tests is that of the only function of a module with one memory and one funcref table; the type is written
// as parameters>results with i=i32, I=i64, F=f64, r=externref.
public sealed class FunctionValidatorTests
{
    [Theory]
    [InlineData(">", "")]
    [InlineData("ii>i", "20 00 20 01 6A")]
    [InlineData(">i", "00")]
    [InlineData(">i", "00 6A")]
    [InlineData(">i", "41 00 0F")]
    [InlineData(">i", "02 7F 41 01 0C 00 0B")]
    [InlineData("i>i", "20 00 04 7F 41 01 05 41 02 0B")]
    [InlineData(">i", "03 7F 41 01 0B")]
    [InlineData("i>", "02 40 02 40 20 00 0E 02 00 01 00 0B 0B")]
    [InlineData(">", "00 0E 00 00")]
    [InlineData(">i", "41 01 41 02 41 00 1B")]
    [InlineData("r>r", "20 00 20 00 41 00 1C 01 6F")]
    [InlineData(">i", "D0 70 D1")]
    [InlineData(">i", "00 1B")]
    [InlineData("r>i", "20 00 D1")]
    [InlineData("i>i", "20 00 28 02 00")]
    [InlineData(">", "41 00 41 00 41 00 FC 0A 00 00")]
    [InlineData(">", "41 00 D0 70 26 00")]
    [InlineData(">i", "12 00")]
    [InlineData("i>i", "20 00 41 00 13 00 00")]
    public void Valid_code_passes(string type, string code) => ModuleValidator.Validate(Decode(type, code));

    [Theory]
    // operands
    [InlineData(">i", "", "type mismatch: an operand is missing")]
    [InlineData(">", "41 00", "type mismatch: 1 operands too many")]
    [InlineData(">i", "42 00", "type mismatch: expected i32, found i64")]
    [InlineData(">", "1A", "type mismatch: an operand is missing")]
    [InlineData(">i", "41 00 6A", "type mismatch: an operand is missing")]
    [InlineData(">i", "00 42 00 6A", "type mismatch: expected i32, found i64")]
    [InlineData("r>", "20 00 20 00 41 00 1B 1A", "type mismatch: references need a select with a type")]
    [InlineData(">", "41 00 42 00 41 00 1B 1A", "type mismatch: expected i32, found i64")]
    [InlineData(">", "41 00 1C 00", "invalid result arity")]
    [InlineData(">", "41 00 D1 1A", "type mismatch: expected a reference, found i32")]
    // control
    [InlineData(">", "02 7F 0B", "type mismatch: an operand is missing")]
    [InlineData(">i", "41 01 02 40 1A 0B 41 00", "type mismatch: an operand is missing")]
    [InlineData(">i", "41 00 04 7F 41 00 0B", "type mismatch: an if without else")]
    [InlineData(">", "05", "else without if")]
    [InlineData(">", "02 40 05 0B", "else without if")]
    [InlineData(">", "41 00 04 40 05 05 0B", "else without if")]
    [InlineData(">", "0C 01", "unknown label 1")]
    [InlineData(">", "0C FF FF FF FF 0F", "unknown label 4294967295")]
    [InlineData(">i", "02 40 41 00 0E 01 00 01 0B 41 00", "type mismatch: the labels take different numbers of operands")]
    [InlineData(">", "02 FF 00 0B", "unknown type 127")]
    // indices
    [InlineData(">", "20 00 1A", "unknown local 0")]
    [InlineData(">", "23 00 1A", "unknown global 0")]
    [InlineData(">", "10 01", "unknown function 1")]
    [InlineData(">", "41 00 11 01 00", "unknown type 1")]
    [InlineData(">", "41 00 11 00 01", "unknown table 1")]
    [InlineData(">", "D2 01 1A", "unknown function 1")]
    [InlineData(">", "D2 00 1A", "undeclared function reference 0")]
    [InlineData(">", "FC 0D 00", "unknown elem segment 0")]
    // memory and tables
    [InlineData(">", "41 00 28 03 00 1A", "alignment must not be larger than natural")]
    [InlineData(">", "41 00 2C 01 00 1A", "alignment must not be larger than natural")]
    [InlineData(">", "41 00 41 00 26 00", "type mismatch: expected funcref, found i32")]
    // vectors
    [InlineData(">", "00 FD 15 10 1A", "invalid lane index 16")]
    [InlineData(">", "00 FD 22 02 1A", "invalid lane index 2")]
    [InlineData(">", "00 FD 57 00 00 02 1A", "invalid lane index 2")]
    [InlineData(">", "00 FD 0D 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 20 1A", "invalid lane index 32")]
    [InlineData(">", "00 FD 00 05 00 1A", "alignment must not be larger than natural")]
    [InlineData(">", "41 00 FD 4D 1A", "type mismatch: expected v128, found i32")]
    // memories and tables
    [InlineData(">", "41 00 28 42 01 00 1A", "unknown memory 1")]
    [InlineData(">", "41 00 28 02 80 80 80 80 10 1A", "offset out of range: 4294967296")]
    [InlineData(">", "42 00 28 02 00 1A", "type mismatch: expected i32, found i64")]
    [InlineData(">", "41 00 41 00 41 00 FC 0A 00 01", "unknown memory 1")]

    // references
    [InlineData(">", "41 00 D4 1A", "type mismatch: expected a reference, found i32")]
    [InlineData(">", "D0 00 14 01", "unknown type 1")]
    [InlineData(">", "D0 70 14 00", "type mismatch: expected (ref null")]
    [InlineData(">", "02 40 D0 70 D6 00 0B", "type mismatch: label 0 takes no reference")]
    [InlineData(">", "02 6F D0 70 D6 00 0B 1A", "type mismatch: expected externref, found (ref func)")]

    // exceptions
    [InlineData(">", "08 00", "unknown tag 0")]
    [InlineData(">", "D0 70 0A", "type mismatch: expected exnref, found funcref")]
    [InlineData(">", "1F 40 01 02 01 0B", "unknown label 1")]
    [InlineData(">", "1F 40 01 03 00 0B", "type mismatch: a catch clause passes 1 operands, its label takes 0")]
    [InlineData(">i", "1F 7F 01 03 00 41 00 0B", "type mismatch: expected i32, found (ref exn)")]

    // tail calls
    [InlineData("I>", "12 00", "type mismatch: an operand is missing")]
    public void Invalid_code_is_refused(string type, string code, string message)
    {
        var error = Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(Decode(type, code)));

        Assert.StartsWith("function 0: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FC 09 00", "data count section required")]
    [InlineData("0B 01", "instructions after its end")]
    [InlineData("02 40", "unexpected end")]
    public void Malformed_code_is_refused(string code, string message) =>
        Assert.Contains(message, Assert.Throws<ModuleFormatException>(() => ModuleValidator.Validate(Decode(">", code))).Message, StringComparison.Ordinal);

    [Fact]
    public void Error_names_function_instruction_and_offset()
    {
        var bytes = WithFunction([], [], 0x01, 0x6A);

        var error = Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(bytes)));

        Assert.Equal(bytes.Length - 2, error.Offset);
        Assert.StartsWith("function 0: i32.add: type mismatch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tail_call_needs_the_callers_results()
    {
        var module = new ModuleBytes().Types(FuncType([], [I32]), FuncType([], [I64])).Functions(0, 1).Code([0x12, 1], [0x42, 0]).ToArray();

        Assert.Contains(
            "the callee's results differ",
            Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(module))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Local_that_is_never_null_is_set_before_it_is_read()
    {
        // One local of type (ref func); it is set inside a block, or outside of it.
        byte[] set = [0xD2, 0, 0x21, 0];
        byte[] read = [0x20, 0, 0x1A];

        Validate(set, read);
        Validate(set, (byte[])[0x02, Empty], read, set, [End], read);
        Assert.Contains("uninitialized local 0", Refusal([read]), StringComparison.Ordinal);
        Assert.Contains("uninitialized local 0", Refusal([(byte[])[0x02, Empty], set, [End], read]), StringComparison.Ordinal);
        Assert.Contains("uninitialized local 0", Refusal([(byte[])[0x41, 0, 0x04, Empty], set, [0x05], read, [End]]), StringComparison.Ordinal);

        static string Refusal(byte[][] code) => Assert.Throws<ModuleValidationException>(() => Validate(code)).Message;

        static void Validate(params byte[][] code) => ModuleValidator.Validate(ModuleDecoder.Decode(new ModuleBytes()
            .Types(FuncType([], []))
            .Functions(0)
            .Items(7, [.. Name("f"), 0, 0])
            .Items(10, Body([1, 1, 0x64, FuncReference, .. code.SelectMany(static part => part), End]))
            .ToArray()));
    }

    [Theory]
    [InlineData(2_001, false, 1)]
    [InlineData(65, true, 1)]
    [InlineData(401, false, 10)]
    public void Protected_code_that_would_keep_the_JIT_busy_is_refused(int tries, bool isNested, int clauses)
    {
        byte[] open = [0x1F, Empty, (byte)clauses, .. Enumerable.Repeat((byte[])[2, 0], clauses).SelectMany(static c => c)];
        Assert.Contains("in one function", Assert.Throws<ModuleValidationException>(() => Validate(tries)).Message, StringComparison.Ordinal);
        Validate(tries - 1);

        void Validate(int count) => ModuleValidator.Validate(ModuleDecoder.Decode(WithFunction(
            [], [], isNested ? [.. Repeat(open, count), .. Repeat([End], count)] : [.. Repeat([.. open, End], count)])));

        static IEnumerable<byte> Repeat(byte[] part, int count) => Enumerable.Repeat(part, count).SelectMany(static b => b);
    }

    [Fact]
    public void Branch_table_in_unreachable_code_still_compares_known_operands()
    {
        // block (result i32): unreachable; i64.const 0; i32.const 0; br_table 0 0
        var code = "02 7F 00 42 00 41 00 0E 01 00 00 0B 1A";

        Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(Decode(">", code)));
    }

    [Fact]
    public void Deep_nesting_is_refused_without_exhausting_the_stack()
    {
        byte[] code = [.. Enumerable.Repeat((byte[])[0x02, Empty], 200_000).SelectMany(static b => b), .. Enumerable.Repeat(End, 200_000)];

        Assert.Contains(
            "nested too deep",
            Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(WithFunction([], [], code)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Many_operands_are_refused()
    {
        byte[] code = [.. Enumerable.Repeat((byte[])[0x41, 0], 10_001).SelectMany(static b => b), 0x00];

        Assert.Contains(
            "too many operands",
            Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(WithFunction([], [], code)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Work_is_bounded_by_the_modules_size()
    {
        // A function of a thousand parameters and results calls itself over and over: two bytes move two thousand operands.
        byte[] thousand = [.. Enumerable.Repeat(I32, 1000)];
        byte[] code = [0x00, .. Enumerable.Repeat((byte[])[0x10, 0], 500_000).SelectMany(static b => b)];

        Assert.Contains(
            "move too many operands",
            Assert.Throws<ModuleValidationException>(() => ModuleValidator.Validate(ModuleDecoder.Decode(WithFunction(thousand, thousand, code)))).Message,
            StringComparison.Ordinal);
    }

    private static ModuleDefinition Decode(string type, string code)
    {
        var arrow = type.IndexOf('>', StringComparison.Ordinal);
        return ModuleDecoder.Decode(WithFunction(
            Types(type[..arrow]),
            Types(type[(arrow + 1)..]),
            Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal))));
    }

    private static byte[] Types(string letters) => [.. letters.Select(static l => l switch
    {
        'i' => I32,
        'I' => I64,
        'F' => F64,
        _ => ExternReference,
    })];
}
