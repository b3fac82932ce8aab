using System.Net;
using System.Security.Cryptography;

namespace Mik.EndToEnd.Tests;

/// <summary>A large body that knows how much of it has been taken.</summary>
internal sealed class MeasuredContent : HttpContent
{
    private const int PieceBytes = 64 * 1024;

    // Long against the pause between two pieces. Should the machine be slower still, less counts as sent, which fails no test.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private readonly byte[] _piece = new byte[PieceBytes];
    private long _sent;

    public MeasuredContent(long length)
    {
        Length = length;
        new Random(7).NextBytes(_piece);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 0L; at < length; at += PieceBytes)
        {
            hash.AppendData(_piece);
        }

        Hash = Convert.ToHexString(hash.GetHashAndReset());
    }

    public long Length { get; }

    public string Hash { get; }

    public async Task SendAsync(Func<ReadOnlyMemory<byte>, Task> send)
    {
        for (var at = 0L; at < Length; at += PieceBytes)
        {
            await send(_piece);
            Interlocked.Add(ref _sent, PieceBytes);
        }
    }

    /// <summary>Waits until nothing more is taken; the bytes that were.</summary>
    public async Task<long> StalledAsync()
    {
        while (true)
        {
            var before = Interlocked.Read(ref _sent);
            await Task.Delay(Stall);
            if (Interlocked.Read(ref _sent) == before && before > 0)
            {
                return before;
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SendAsync(async bytes => await stream.WriteAsync(bytes));

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }
}
