using System.Security.Cryptography;
using System.Text;

namespace Mik.Server.Access;

/// <summary>Knows the hashes of some keys. How long it takes to refuse one says nothing about them.</summary>
/// <param name="hashes">SHA-256 in hexadecimal digits.</param>
internal sealed class ApiKeyCheck(IEnumerable<string> hashes)
{
    /// <summary>The header that carries a key.</summary>
    public const string Header = "X-API-Key";

    private readonly byte[][] _hashes = [.. hashes.Select(Convert.FromHexString)];

    public bool IsKnown(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        var isKnown = false;
        foreach (var known in _hashes)
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return isKnown;
    }
}
