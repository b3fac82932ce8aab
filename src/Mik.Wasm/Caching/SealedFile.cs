using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mik.Wasm.Caching;

/// <summary>
/// A file whose last bytes say what the others are: a digest over them, their purpose and their key. What is torn, cut, altered, renamed or
/// somebody else's does not open. The code in front is loaded as it lies: readers of PE images ignore what follows.
/// </summary>
internal static class SealedFile
{
    // digest, length of the content, mark
    private const int SealLength = 32 + 8 + 8;
    private const int BufferSize = 256 * 1024;
    private static readonly byte[] Mark = "mikcode1"u8.ToArray();

    /// <summary>Whether a file is ours, whole, and was sealed for this purpose and key.</summary>
    public static bool IsIntact(string path, string purpose, CodeKey key)
    {
        try
        {
            if (!PrivateFiles.IsPrivateFile(path))
            {
                return false;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            var length = file.Length - SealLength;
            if (length < 0)
            {
                return false;
            }

            var expected = Digest(file, length, purpose, key);
            Span<byte> seal = stackalloc byte[SealLength];
            file.ReadExactly(seal);
            return seal[40..].SequenceEqual(Mark)
                && BinaryPrimitives.ReadInt64LittleEndian(seal[32..]) == length
                && seal[..32].SequenceEqual(expected);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Seals a finished file of ours and moves it to its place, at once for every reader.</summary>
    public static void Publish(string draft, string path, string purpose, CodeKey key)
    {
        PrivateFiles.MakePrivate(draft);
        using (var file = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1))
        {
            var length = file.Length;
            Span<byte> seal = stackalloc byte[SealLength];
            Digest(file, length, purpose, key).CopyTo(seal);
            BinaryPrimitives.WriteInt64LittleEndian(seal[32..], length);
            Mark.CopyTo(seal[40..]);
            file.Position = length;
            file.Write(seal);
        }

        File.Move(draft, path, overwrite: true);
    }

    // Leaves the file behind its content.
    private static byte[] Digest(FileStream file, long length, string purpose, CodeKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{purpose} {key.Text} {length}\n"));
        var buffer = new byte[BufferSize];
        file.Position = 0;
        for (var left = length; left > 0;)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (count == 0)
            {
                throw new EndOfStreamException();
            }

            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        return hash.GetHashAndReset();
    }
}
