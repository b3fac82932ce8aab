using System.Text;
using Mik.Wasm.Runtime;

namespace Mik.Components.Binary;

/// <summary>A cursor over a component's bytes. Reading past the end, or anything malformed, is a <see cref="ModuleFormatException"/>.</summary>
internal ref struct ComponentReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _end;

    public ComponentReader(ReadOnlySpan<byte> bytes, int start, int length)
    {
        _bytes = bytes;
        Offset = start;
        _end = start + length;
    }

    /// <summary>Position in the outermost binary.</summary>
    public int Offset { get; private set; }

    public readonly int Remaining => _end - Offset;

    public readonly bool AtEnd => Offset == _end;

    public byte ReadByte()
    {
        if (Offset >= _end)
        {
            throw UnexpectedEnd();
        }

        return _bytes[Offset++];
    }

    public readonly byte PeekByte() => Offset < _end ? _bytes[Offset] : throw UnexpectedEnd();

    // spec: binary-int
    public uint ReadU32()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = ReadByte();
            if (shift == 28 && (part & 0xF0) != 0)
            {
                throw Error((part & 0x80) != 0 ? "integer representation too long" : "integer too large");
            }

            value |= (uint)(part & 0x7F) << shift;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }

        throw Error("integer representation too long");
    }

    public ulong ReadU64()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = ReadByte();
            if (shift == 63 && part > 1)
            {
                throw Error(part >= 0x80 ? "integer representation too long" : "integer too large");
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Error("integer representation too long");
    }

    /// <summary>A 33-bit signed integer: type codes are negative, type indices are not.</summary>
    public long ReadS33()
    {
        long value = 0;
        var shift = 0;
        while (true)
        {
            var part = ReadByte();
            value |= (long)(part & 0x7F) << shift;
            shift += 7;
            if ((part & 0x80) == 0)
            {
                if (shift < 64 && (part & 0x40) != 0)
                {
                    value |= -1L << shift;
                }

                if (value is < -(1L << 32) or >= 1L << 32)
                {
                    throw Error("integer too large");
                }

                return value;
            }

            if (shift >= 35)
            {
                throw Error("integer representation too long");
            }
        }
    }

    /// <summary>Length of a vector whose elements take at least one byte each, so that nothing is allocated that is not there.</summary>
    public int ReadCount()
    {
        var count = ReadU32();
        if (count > (uint)Remaining)
        {
            throw Error("unexpected end: a vector is longer than what follows");
        }

        return (int)count;
    }

    // spec: binary-utf8
    public string ReadName()
    {
        var length = ReadCount();
        var bytes = _bytes.Slice(Offset, length);
        try
        {
            var name = StrictUtf8.GetString(bytes);
            Offset += length;
            return name;
        }
        catch (DecoderFallbackException)
        {
            throw Error("malformed UTF-8 encoding");
        }
    }

    public ComponentReader ReadRange(int length)
    {
        if (length < 0 || length > Remaining)
        {
            throw UnexpectedEnd();
        }

        var range = new ComponentReader(_bytes, Offset, length);
        Offset += length;
        return range;
    }

    public readonly ModuleFormatException Error(string message) => new(message, Offset);

    private readonly ModuleFormatException UnexpectedEnd() => Error("unexpected end");
}
