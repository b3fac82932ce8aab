using Mik.Components.Linking;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests;

public sealed class ComponentTests
{
    private const int Mutations = 1000;

    [Fact]
    public void Component_tells_its_imports_and_exports()
    {
        var component = Component.Compile(new Engine(), ComponentLinkerTestsBytes(), "guest");

        Assert.Equal(["a:b/c@0.2.1"], component.Imports);
        Assert.Equal(["run"], component.Exports);
        Assert.Equal("guest", component.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_components_fail_only_in_the_declared_ways(int seed)
    {
        var random = new Random(seed);
        var original = seed == 1 ? EchoComponent.Bytes(ComponentBytes.String) : ComponentLinkerTestsBytes();
        var engine = new Engine();
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Damage(original, random);
            try
            {
                _ = new ComponentLinker().Prepare(Component.Compile(engine, bytes, "damaged"));
            }
            catch (ModuleException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Truncated_components_are_malformed()
    {
        var original = EchoComponent.Bytes(ComponentBytes.String);
        for (var length = 0; length < 8; length++)
        {
            Assert.Throws<ModuleFormatException>(() => Component.Compile(new Engine(), original.AsMemory(0, length), "cut"));
        }
    }

    [Fact]
    public void Real_components_are_decoded_and_valid()
    {
        var engine = new Engine();
        var directory = Path.GetDirectoryName(SharedData.Require("fixtures/built/wat-hello.wasm"))!;
        foreach (var file in Directory.GetFiles(directory, "*.wasm"))
        {
            var component = Component.Compile(engine, File.ReadAllBytes(file), Path.GetFileName(file));

            Assert.Contains(component.Exports, static name => name.StartsWith("wasi:http/incoming-handler@0.2.", StringComparison.Ordinal));
        }
    }

    private static byte[] ComponentLinkerTestsBytes() => Linking.ComponentLinkerTests.Forwarding("a:b/c@0.2.1");

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToArray();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            bytes[random.Next(8, bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(16));
        }

        return bytes;
    }
}
