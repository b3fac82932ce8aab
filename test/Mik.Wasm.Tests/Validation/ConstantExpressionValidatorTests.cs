using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Mik.Wasm.Validation;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Validation;

// Global 0 is imported and immutable, 1 imported and mutable, 2 defined and immutable; 3 is under test. All are i32.
public sealed class ConstantExpressionValidatorTests
{
    [Theory]
    [InlineData(I32, "41 05")]
    [InlineData(I32, "23 00")]
    [InlineData(I32, "23 02")]
    [InlineData(I32, "41 01 23 00 6A 41 03 6C 41 01 6B")]
    [InlineData(I64, "42 01 42 02 7C")]
    [InlineData(F64, "44 00 00 00 00 00 00 F0 3F")]
    [InlineData(FuncReference, "D2 00")]
    [InlineData(ExternReference, "D0 6F")]
    public void Constant_is_accepted(byte type, string code) => Validate(type, code);

    [Theory]
    [InlineData(I32, "", "type mismatch")]
    [InlineData(I32, "41 00 41 00", "type mismatch")]
    [InlineData(I32, "42 00", "type mismatch")]
    [InlineData(I32, "41 00 42 00 6A", "type mismatch")]
    [InlineData(I32, "41 00 6A", "type mismatch")]
    [InlineData(FuncReference, "D0 6F", "type mismatch")]
    [InlineData(FuncReference, "D2 01", "unknown function 1")]
    [InlineData(I32, "23 01", "constant expression required")]
    [InlineData(I32, "23 03", "unknown global 3")]
    [InlineData(I32, "23 04", "unknown global 4")]
    [InlineData(I32, "41 01 41 01 6D", "constant expression required")]
    [InlineData(I32, "02 7F 41 00 0B", "constant expression required")]
    [InlineData(I32, "10 00", "constant expression required")]
    public void Anything_else_is_refused(byte type, string code, string message) =>
        Assert.Contains(message, Assert.Throws<ModuleValidationException>(() => Validate(type, code)).Message, StringComparison.Ordinal);

    private static void Validate(byte type, string code) => ModuleValidator.Validate(ModuleDecoder.Decode(new ModuleBytes()
        .Types(FuncType([], []))
        .Items(2, [.. Name("m"), .. Name("a"), 3, I32, 0], [.. Name("m"), .. Name("b"), 3, I32, 1])
        .Functions(0)
        .Items(6, [I32, 0, 0x41, 0, End], [type, 0, .. Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)), End])
        .Code((byte[])[])
        .ToArray()));
}
