using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Binary;

/// <summary>
/// Reads the primitive values of the binary format. Positions are offsets from the start of the module; nothing beyond the end
/// given at construction is ever touched, and every defect is a <see cref="ModuleFormatException"/>.
/// </summary>
// spec: binary-value
internal ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public ByteCursor(ReadOnlySpan<byte> bytes)
        : this(bytes, new ByteRange(0, bytes.Length))
    {
    }

    /// <summary>Reads <paramref name="range"/> of the module <paramref name="module"/>.</summary>
    public ByteCursor(ReadOnlySpan<byte> module, ByteRange range)
    {
        _bytes = module[..range.End];
        _position = range.Start;
    }

    public readonly int Position => _position;

    public readonly int Remaining => _bytes.Length - _position;

    public readonly bool AtEnd => _position == _bytes.Length;

    public byte ReadByte()
    {
        if (_position >= _bytes.Length)
        {
            throw UnexpectedEnd();
        }

        return _bytes[_position++];
    }

    /// <summary>The next byte without consuming it.</summary>
    public readonly byte PeekByte() => _position < _bytes.Length ? _bytes[_position] : throw UnexpectedEnd();

    // spec: binary-int
    public uint ReadU32()
    {
        // Nearly all indices fit one byte.
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return (uint)ReadUnsigned(32);
    }

    public ulong ReadU64()
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return ReadUnsigned(64);
    }

    public int ReadS32() => (int)ReadSigned(32);

    /// <summary>A block type's number: negative for a value type's byte or the empty type, otherwise a type index.</summary>
    public long ReadS33() => ReadSigned(33);

    public long ReadS64() => ReadSigned(64);

    public uint ReadF32Bits() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ulong ReadF64Bits() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    public ReadOnlySpan<byte> ReadBytes(int length)
    {
        if (length > Remaining)
        {
            throw UnexpectedEnd();
        }

        var bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }

    /// <summary>Consumes <paramref name="length"/> bytes and says which they were.</summary>
    public ByteRange ReadRange(uint length)
    {
        if (length > (uint)Remaining)
        {
            throw new ModuleFormatException("length out of bounds", _position);
        }

        var range = new ByteRange(_position, (int)length);
        _position += (int)length;
        return range;
    }

    /// <summary>
    /// The length of a vector whose items take at least <paramref name="leastItemSize"/> bytes each. A count that cannot be true
    /// is refused here, so callers may allocate that many items.
    /// </summary>
    // spec: binary-vec
    public int ReadCount(string what, int limit, int leastItemSize = 1)
    {
        var start = _position;
        var count = ReadU32();
        if (count > (uint)Remaining / (uint)leastItemSize)
        {
            throw new ModuleFormatException($"length out of bounds: {count} {what} cannot fit", start);
        }

        if (count > limit)
        {
            throw new ModuleValidationException($"too many {what}: {count}, the limit is {limit}", start);
        }

        return (int)count;
    }

    // spec: binary-name
    public string ReadName()
    {
        var start = _position;
        var length = ReadU32();
        var range = ReadRange(length);
        if (length > ImplementationLimits.NameBytes)
        {
            throw new ModuleValidationException($"name of {length} bytes, the limit is {ImplementationLimits.NameBytes}", start);
        }

        var utf8 = _bytes.Slice(range.Start, range.Length);
        return Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : throw new ModuleFormatException("malformed UTF-8 encoding", range.Start);
    }

    private ulong ReadUnsigned(int bits)
    {
        var start = _position;
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = ReadByte();
            var left = bits - shift;
            if (left < 7 && (part & 0x7F) >> left != 0)
            {
                throw IntegerDefect(part, start);
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }

            if (left <= 7)
            {
                throw IntegerDefect(part, start);
            }
        }
    }

    private long ReadSigned(int bits)
    {
        var start = _position;
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = ReadByte();
            var left = bits - shift;

            // The last byte's unused bits must repeat the sign bit, which is its bit left - 1.
            if (left < 7 && (sbyte)(part << 1) >> left is not (0 or -1))
            {
                throw IntegerDefect(part, start);
            }

            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return shift + 7 < 64 && (part & 0x40) != 0 ? value | (-1L << (shift + 7)) : value;
            }

            if (left <= 7)
            {
                throw IntegerDefect(part, start);
            }
        }
    }

    private static ModuleFormatException IntegerDefect(byte lastByte, int start) =>
        new(lastByte < 0x80 ? "integer too large" : "integer representation too long", start);

    private readonly ModuleFormatException UnexpectedEnd() => new("unexpected end", _bytes.Length);
}
