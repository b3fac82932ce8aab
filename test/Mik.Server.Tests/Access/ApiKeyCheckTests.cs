using System.Security.Cryptography;
using System.Text;
using Mik.Server.Access;
using Xunit;

namespace Mik.Server.Tests.Access;

public sealed class ApiKeyCheckTests
{
    [Theory]
    [InlineData("one", true)]
    [InlineData("two", true)]
    [InlineData("One", false)]
    [InlineData("one ", false)]
    [InlineData("", false)]
    public void Only_keys_with_a_known_hash_are_known(string key, bool isKnown)
    {
        var check = new ApiKeyCheck([Hash("one"), Hash("two")]);

        Assert.Equal(isKnown, check.IsKnown(key));
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
