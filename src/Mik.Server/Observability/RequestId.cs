using System.Buffers;
using System.Security.Cryptography;

namespace Mik.Server.Observability;

/// <summary>The name of one request in logs and problem documents.</summary>
internal static class RequestId
{
    /// <summary>128 characters: room for every scheme in use, and little enough to put in each log line.</summary>
    private const int MaxLength = 128;

    private const int IdBytes = 16;

    // The system's randomness is a call to the kernel: one for so many ids.
    private const int IdsAtOnce = 64;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static Memory<byte> _unused; // of _random

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@~|");

    /// <summary>Keeps the caller's id when it is harmless wherever it will be copied, otherwise makes one.</summary>
    public static string From(string? incoming) =>
        incoming is { Length: > 0 and <= MaxLength } && !incoming.AsSpan().ContainsAnyExcept(Allowed)
            ? incoming
            : NewId();

    private static string NewId()
    {
        const int RandomVersion = 4;
        if (_unused.Length < IdBytes)
        {
            _unused = _random ??= new byte[IdsAtOnce * IdBytes];
            RandomNumberGenerator.Fill(_unused.Span);
        }

        var bytes = _unused.Span[..IdBytes];
        _unused = _unused[IdBytes..];
        bytes[6] = (byte)((bytes[6] & 0x0F) | (RandomVersion << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
