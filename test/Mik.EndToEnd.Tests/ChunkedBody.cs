using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>Reads a chunked answer of any size off a raw connection.</summary>
internal static class ChunkedBody
{
    /// <summary>The SHA-256 of the body, in upper-case digits, after its head was skipped.</summary>
    public static async Task<string> HashAsync(RawExchange exchange)
    {
        var reader = new Reader(exchange);
        while ((await reader.LineAsync()).Length > 0)
        {
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (int.Parse(await reader.LineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            await reader.BytesAsync(length, hash);
            await reader.LineAsync();
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed class Reader(RawExchange exchange)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        public async Task<string> LineAsync()
        {
            var line = new StringBuilder();
            while (true)
            {
                var c = (char)await ByteAsync();
                if (c == '\n')
                {
                    return line.ToString().TrimEnd('\r');
                }

                line.Append(c);
            }
        }

        public async Task BytesAsync(int length, IncrementalHash into)
        {
            while (length > 0)
            {
                await FillAsync();
                var part = Math.Min(length, _end - _start);
                into.AppendData(_buffer, _start, part);
                _start += part;
                length -= part;
            }
        }

        private async ValueTask<byte> ByteAsync()
        {
            await FillAsync();
            return _buffer[_start++];
        }

        private async ValueTask FillAsync()
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await exchange.ReadAsync(_buffer);
                if (_end == 0)
                {
                    throw new EndOfStreamException();
                }
            }
        }
    }
}
