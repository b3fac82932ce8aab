using Mik.Wasm.Binary;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Binary;

public sealed class NameSectionTests
{
    [Fact]
    public void Function_names_are_read_and_other_subsections_ignored()
    {
        byte[] functions = Vector([0, .. Name("main")], [9, .. Name("nobody")]);
        byte[] content = [0, 2, 1, (byte)'m', 1, .. Body(functions), 2, 1, 0xFF];

        var names = ModuleDecoder.Decode(OneFunction().Custom("name", content).ToArray()).FunctionNames;

        Assert.Equal("main", Assert.Single(names).Value);
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 3, 1, 0, 9 })]
    [InlineData(new byte[] { 1, 4, 1, 0, 1, 0xFF })]
    [InlineData(new byte[] { 1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void Defect_only_costs_the_names(byte[] content)
    {
        var module = ModuleDecoder.Decode(OneFunction().Custom("name", content).ToArray());

        Assert.Empty(module.FunctionNames);
        Assert.Single(module.Bodies);
    }

    private static ModuleBytes OneFunction() => new ModuleBytes().Types(FuncType([], [])).Functions(0).Code((byte[])[]);
}
