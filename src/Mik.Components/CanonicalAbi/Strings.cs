using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Mik.Components.Binary;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>Reads and writes strings in the three encodings.</summary>
/// <remarks>
/// Which allocations a string causes depends on the encoding it comes in, so a string lifted from a guest remembers it. A
/// string of the host is measured first and allocated once.
/// </remarks>
internal static class Strings
{
    // cabi: MAX_STRING_BYTE_LENGTH
    private const long MaxByteLength = (1 << 28) - 1;

    // cabi: utf16_tag
    private const uint Utf16Tag = 1u << 31;

    // cabi: load_string_from_range
    public static ComponentValue LoadStringFromRange(LiftLowerContext cx, uint address, uint taggedCodeUnits)
    {
        var isUtf16 = cx.Encoding == StringEncoding.Utf16
            || (cx.Encoding == StringEncoding.Latin1OrUtf16 && (taggedCodeUnits & Utf16Tag) != 0);
        var units = cx.Encoding == StringEncoding.Latin1OrUtf16 ? taggedCodeUnits & ~Utf16Tag : taggedCodeUnits;
        var length = isUtf16 ? 2 * (long)units : units;
        if (length > MaxByteLength)
        {
            throw new TrapException(TrapCode.HostRefused, $"string byte length exceeds the maximum: {length}");
        }

        var bytes = cx.SliceAligned(address, length, cx.Encoding == StringEncoding.Utf8 ? 1 : 2);
        cx.ChargeLifted(2 * (long)units);
        var source = new StringSource(cx.Encoding, taggedCodeUnits);
        return ComponentValue.LiftedString(isUtf16 ? DecodeUtf16(bytes) : Decode(bytes, cx.Encoding), source);
    }

    // cabi: store_string_into_range
    public static PointerAndLength StoreStringIntoRange(LiftLowerContext cx, in ComponentValue value)
    {
        var text = value.AsString;
        if (value.LiftedFrom is not { } source)
        {
            return StoreHostString(cx, text);
        }

        var units = source.CodeUnits;
        return (cx.Encoding, source.Encoding, source.IsUtf16) switch
        {
            (StringEncoding.Utf8, StringEncoding.Utf8, _) => StoreStringCopy(cx, text, units, StringEncoding.Utf8),
            (StringEncoding.Utf8, _, true) => StoreStringToUtf8(cx, text, units, 3 * units),
            (StringEncoding.Utf8, _, false) => StoreStringToUtf8(cx, text, units, 2 * units),
            (StringEncoding.Utf16, StringEncoding.Utf8, _) => StoreUtf8ToUtf16(cx, text, units),
            (StringEncoding.Utf16, _, _) => StoreStringCopy(cx, text, units, StringEncoding.Utf16),
            (_, StringEncoding.Latin1OrUtf16, true) => StoreProbablyUtf16ToLatin1OrUtf16(cx, text, units),
            (_, StringEncoding.Latin1OrUtf16, false) => StoreStringCopy(cx, text, units, StringEncoding.Latin1OrUtf16),
            _ => StoreStringToLatin1OrUtf16(cx, text, units),
        };
    }

    private static PointerAndLength StoreHostString(LiftLowerContext cx, string text)
    {
        text = WithoutLoneSurrogates(text);
        switch (cx.Encoding)
        {
            case StringEncoding.Utf8:
                var length = (uint)Encoding.UTF8.GetByteCount(text);
                return StoreStringCopy(cx, text, length, StringEncoding.Utf8);
            case StringEncoding.Utf16:
                return StoreStringCopy(cx, text, (uint)text.Length, StringEncoding.Utf16);
            default:
                return IsLatin1(text)
                    ? StoreStringCopy(cx, text, (uint)text.Length, StringEncoding.Latin1OrUtf16)
                    : StoreProbablyUtf16ToLatin1OrUtf16(cx, text, (uint)text.Length);
        }
    }

    // cabi: store_string_copy
    private static PointerAndLength StoreStringCopy(LiftLowerContext cx, string text, uint units, StringEncoding encoding)
    {
        var length = encoding == StringEncoding.Utf16 ? 2 * units : units;
        var alignment = encoding == StringEncoding.Utf8 ? 1 : 2;
        var pointer = cx.Allocate(alignment, length);
        var target = cx.SliceAligned(pointer, length, alignment);
        switch (encoding)
        {
            case StringEncoding.Utf8:
                Encoding.UTF8.GetBytes(text, target);
                break;
            case StringEncoding.Utf16:
                EncodeUtf16(text, target);
                break;
            default:
                Encoding.Latin1.GetBytes(text, target);
                break;
        }

        return new PointerAndLength(pointer, units);
    }

    // cabi: store_string_to_utf8
    private static PointerAndLength StoreStringToUtf8(LiftLowerContext cx, string text, uint units, uint worstCase)
    {
        var pointer = cx.Allocate(1, units);
        var target = cx.Slice(pointer, units);
        if (Ascii.IsValid(text))
        {
            Encoding.ASCII.GetBytes(text, target);
            return new PointerAndLength(pointer, units);
        }

        pointer = cx.Reallocate(pointer, units, 1, worstCase);
        var length = (uint)Encoding.UTF8.GetBytes(text, cx.Slice(pointer, worstCase));
        if (worstCase > length)
        {
            pointer = cx.Reallocate(pointer, worstCase, 1, length);
            cx.Slice(pointer, length);
        }

        return new PointerAndLength(pointer, length);
    }

    // cabi: store_utf8_to_utf16
    private static PointerAndLength StoreUtf8ToUtf16(LiftLowerContext cx, string text, uint units)
    {
        var worstCase = 2 * units;
        var length = 2 * (uint)text.Length;
        var pointer = cx.Allocate(2, worstCase);
        EncodeUtf16(text, cx.SliceAligned(pointer, worstCase, 2));
        if (length < worstCase)
        {
            pointer = cx.Reallocate(pointer, worstCase, 2, length);
            cx.SliceAligned(pointer, length, 2);
        }

        return new PointerAndLength(pointer, (uint)text.Length);
    }

    // cabi: store_string_to_latin1_or_utf16
    private static PointerAndLength StoreStringToLatin1OrUtf16(LiftLowerContext cx, string text, uint units)
    {
        var pointer = cx.Allocate(2, units);
        var target = cx.SliceAligned(pointer, units, 2);
        if (IsLatin1(text))
        {
            Encoding.Latin1.GetBytes(text, target);
            var length = (uint)text.Length;
            if (length < units)
            {
                pointer = cx.Reallocate(pointer, units, 2, length);
                cx.SliceAligned(pointer, length, 2);
            }

            return new PointerAndLength(pointer, length);
        }

        // NOTE: the reference fills the first buffer up to the first wide character and widens it; the guest cannot tell.
        var worstCase = 2 * units;
        var utf16Length = 2 * (uint)text.Length;
        pointer = cx.Reallocate(pointer, units, 2, worstCase);
        EncodeUtf16(text, cx.SliceAligned(pointer, worstCase, 2));
        if (worstCase > utf16Length)
        {
            pointer = cx.Reallocate(pointer, worstCase, 2, utf16Length);
            cx.SliceAligned(pointer, utf16Length, 2);
        }

        return new PointerAndLength(pointer, (uint)text.Length | Utf16Tag);
    }

    // cabi: store_probably_utf16_to_latin1_or_utf16
    private static PointerAndLength StoreProbablyUtf16ToLatin1OrUtf16(LiftLowerContext cx, string text, uint units)
    {
        var byteLength = 2 * units;
        var pointer = cx.Allocate(2, byteLength);
        var target = cx.SliceAligned(pointer, byteLength, 2);
        EncodeUtf16(text, target);
        if (!IsLatin1(text))
        {
            return new PointerAndLength(pointer, units | Utf16Tag);
        }

        Encoding.Latin1.GetBytes(text, target);
        pointer = cx.Reallocate(pointer, byteLength, 1, units);
        cx.Slice(pointer, units);
        return new PointerAndLength(pointer, units);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, StringEncoding encoding)
    {
        if (encoding == StringEncoding.Latin1OrUtf16)
        {
            return Encoding.Latin1.GetString(bytes);
        }

        return Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new TrapException(TrapCode.HostRefused, "invalid utf-8 encoding in a string");
    }

    private static string DecodeUtf16(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Unicode.GetString(bytes);

        // The decoder replaces lone surrogates, which never makes the text shorter; only replaced text can differ.
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]))
            {
                throw new TrapException(TrapCode.HostRefused, "unpaired surrogate in a utf-16 string");
            }
        }

        return text;
    }

    private static void EncodeUtf16(string text, Span<byte> target) => Encoding.Unicode.GetBytes(text, target);

    private static bool IsLatin1(string text) => !text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF');

    private static string WithoutLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>The encoding a lifted string had, and its length there.</summary>
/// <param name="Encoding">The option of the function it was passed to or returned from.</param>
/// <param name="TaggedCodeUnits">The length as the guest gave it.</param>
internal readonly record struct StringSource(StringEncoding Encoding, uint TaggedCodeUnits)
{
    public bool IsUtf16 =>
        Encoding == StringEncoding.Utf16 || (Encoding == StringEncoding.Latin1OrUtf16 && (TaggedCodeUnits >> 31) != 0);

    public uint CodeUnits => Encoding == StringEncoding.Latin1OrUtf16 ? TaggedCodeUnits & 0x7FFF_FFFF : TaggedCodeUnits;
}
