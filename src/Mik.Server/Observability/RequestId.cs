using System.Buffers;

namespace Mik.Server.Observability;

/// <summary>The name of one request in logs and problem documents.</summary>
internal static class RequestId
{
    /// <summary>128 characters: room for every scheme in use, and little enough to put in each log line.</summary>
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@~|");

    /// <summary>Keeps the caller's id when it is harmless wherever it will be copied, otherwise makes one.</summary>
    public static string From(string? incoming) =>
        incoming is { Length: > 0 and <= MaxLength } && !incoming.AsSpan().ContainsAnyExcept(Allowed)
            ? incoming
            : Guid.NewGuid().ToString();
}
