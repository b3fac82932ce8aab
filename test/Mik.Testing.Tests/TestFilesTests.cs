using Xunit;

namespace Mik.Testing.Tests;

public sealed class TestFilesTests
{
    [Theory]
    [InlineData("checkout.test.ts", true)]
    [InlineData("checkout.spec.mjs", true)]
    [InlineData("checkout.served.test.mts", true)]
    [InlineData("checkout.test.js", true)]
    [InlineData("checkout.ts", false)]
    [InlineData("checkout.test.json", false)]
    [InlineData("checkout.test.d.ts", false)]
    [InlineData("test.ts", false)]
    public void Names_say_what_is_a_test(string name, bool isTest) => Assert.Equal(isTest, TestFiles.IsTest(name));

    [Fact]
    public void Foreign_and_hidden_directories_are_not_looked_into()
    {
        var root = Directory.CreateTempSubdirectory("mik-tests-").FullName;
        try
        {
            string[] files = ["b.test.js", "lib/a.test.ts", "node_modules/x/x.test.js", ".cache/y.test.js", "lib/a.ts"];
            foreach (var file in files.Select(file => Path.Combine(root, file)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, "");
            }

            Assert.Equal([Path.Combine(root, "b.test.js"), Path.Combine(root, "lib/a.test.ts")], TestFiles.Under(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
