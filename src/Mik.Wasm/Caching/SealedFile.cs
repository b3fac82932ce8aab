using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mik.Wasm.Caching;

/// <summary>
/// A file whose last bytes say what the others are: a digest over them, their purpose and their key. What is torn, cut, altered, renamed or
/// somebody else's does not open. The code in front is loaded as it lies: readers of PE images ignore what follows.
/// </summary>
internal static class SealedFile
{
    // digest, length of the content, mark
    private const int SealLength = 32 + 8 + 8;
    private const int PieceLength = 1 << 20;
    private static readonly byte[] Mark = "mikcode2"u8.ToArray();

    /// <summary>Whether a file is ours, whole, and was sealed for this purpose and key.</summary>
    public static bool IsIntact(string path, string purpose, CodeKey key)
    {
        try
        {
            if (!PrivateFiles.IsPrivateFile(path))
            {
                return false;
            }

            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file) - SealLength;
            Span<byte> seal = stackalloc byte[SealLength];
            if (length < 0 || RandomAccess.Read(file, seal, length) != SealLength)
            {
                return false;
            }

            var expected = Digest(file, length, purpose, key);
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
        using (var file = File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var length = RandomAccess.GetLength(file);
            Span<byte> seal = stackalloc byte[SealLength];
            Digest(file, length, purpose, key).CopyTo(seal);
            BinaryPrimitives.WriteInt64LittleEndian(seal[32..], length);
            Mark.CopyTo(seal[40..]);
            RandomAccess.Write(file, seal, length);
        }

        File.Move(draft, path, overwrite: true);
    }

    // Over the digests of pieces, which all cores make together: starts wait for this.
    private static byte[] Digest(SafeFileHandle file, long length, string purpose, CodeKey key)
    {
        var digests = new byte[(length + PieceLength - 1) / PieceLength * SHA256.HashSizeInBytes];
        try
        {
            Parallel.For(0, digests.Length / SHA256.HashSizeInBytes, DigestPiece);
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return SHA256.HashData([.. Encoding.UTF8.GetBytes($"{purpose} {key.Text} {length}\n"), .. digests]);

        void DigestPiece(int index)
        {
            var start = (long)index * PieceLength;
            var buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
            var piece = buffer.AsSpan(0, (int)Math.Min(PieceLength, length - start));
            if (RandomAccess.Read(file, piece, start) != piece.Length)
            {
                throw new EndOfStreamException();
            }

            SHA256.HashData(piece, digests.AsSpan(index * SHA256.HashSizeInBytes));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
