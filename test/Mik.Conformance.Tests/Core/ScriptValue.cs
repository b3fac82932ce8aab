using System.Globalization;
using System.Text.Json;
using Mik.Wasm.Types;

namespace Mik.Conformance.Tests.Core;

/// <summary>Constants of scripts as bits, and the comparison with what came back. Floats never leave their bits.</summary>
internal static class ScriptValue
{
    /// <summary>The slots of an argument.</summary>
    public static ulong[] Slots(JsonElement constant)
    {
        if (constant.GetProperty("type").GetString() != "v128")
        {
            return [Slot(constant)];
        }

        UInt128 bits = 0;
        foreach (var (lane, position) in Lanes(constant).Select(static (lane, i) => (lane, i)))
        {
            bits |= UInt128.Parse(lane, CultureInfo.InvariantCulture) << (position * LaneBits(constant));
        }

        return [(ulong)bits, (ulong)(bits >> 64)];
    }

    private static ulong Slot(JsonElement constant)
    {
        var value = constant.GetProperty("value").GetString()!;
        return constant.GetProperty("type").GetString() switch
        {
            "i32" or "f32" => uint.Parse(value, CultureInfo.InvariantCulture),
            "i64" or "f64" => ulong.Parse(value, CultureInfo.InvariantCulture),
            _ => value == "null" ? 0 : HostReference(value),
        };
    }

    /// <summary>Whether <paramref name="bits"/> are what the script expects.</summary>
    public static bool Matches(JsonElement expected, ValType actualType, UInt128 bits)
    {
        var type = expected.GetProperty("type").GetString();
        if (type == "either")
        {
            return expected.GetProperty("values").EnumerateArray().Any(e => Matches(e, actualType, bits));
        }

        if (type == "v128")
        {
            return actualType == ValType.V128
                && Lanes(expected).Select((lane, i) => MatchesLane(expected, lane, bits >> (i * LaneBits(expected)))).All(static m => m);
        }

        var slot = (ulong)bits;

        var value = expected.TryGetProperty("value", out var v) ? v.GetString() : null;
        return type switch
        {
            "i32" => actualType == ValType.I32 && (uint)slot == Slot(expected),
            "i64" => actualType == ValType.I64 && slot == Slot(expected),
            "f32" => actualType == ValType.F32 && MatchesF32(value!, (uint)slot),
            "f64" => actualType == ValType.F64 && MatchesF64(value!, slot),
            "funcref" => actualType.IsFunctionReference() && MatchesReference(value, slot),
            "externref" => actualType.WithNull() == ValType.ExternRef && MatchesReference(value, slot),
            "exnref" => actualType.WithNull() == ValType.ExnRef && MatchesReference(value, slot),
            "nullfuncref" => actualType.IsFunctionReference() && slot == 0,
            "nullexternref" => actualType.WithNull() == ValType.ExternRef && slot == 0,
            "nullexnref" => actualType.WithNull() == ValType.ExnRef && slot == 0,
            "refnull" => actualType.IsReference() && slot == 0,
            _ => false,
        };
    }

    private static IEnumerable<string> Lanes(JsonElement vector) =>
        vector.GetProperty("value").EnumerateArray().Select(static lane => lane.GetString()!);

    private static int LaneBits(JsonElement vector) => int.Parse(vector.GetProperty("lane_type").GetString().AsSpan(1), CultureInfo.InvariantCulture);

    private static bool MatchesLane(JsonElement vector, string expected, UInt128 bits)
    {
        var width = LaneBits(vector);
        var lane = (ulong)bits & (ulong.MaxValue >> (64 - width));
        return vector.GetProperty("lane_type").GetString() switch
        {
            "f32" => MatchesF32(expected, (uint)lane),
            "f64" => MatchesF64(expected, lane),
            _ => lane == ulong.Parse(expected, CultureInfo.InvariantCulture),
        };
    }

    private static bool MatchesF32(string expected, uint bits)
    {
        const uint Canonical = 0x7FC0_0000;
        return expected switch
        {
            "nan:canonical" => (bits & 0x7FFF_FFFF) == Canonical,
            "nan:arithmetic" => (bits & Canonical) == Canonical,
            _ => bits == uint.Parse(expected, CultureInfo.InvariantCulture),
        };
    }

    private static bool MatchesF64(string expected, ulong bits)
    {
        const ulong Canonical = 0x7FF8_0000_0000_0000;
        return expected switch
        {
            "nan:canonical" => (bits & 0x7FFF_FFFF_FFFF_FFFF) == Canonical,
            "nan:arithmetic" => (bits & Canonical) == Canonical,
            _ => bits == ulong.Parse(expected, CultureInfo.InvariantCulture),
        };
    }

    private static bool MatchesReference(string? expected, ulong slot) => expected switch
    {
        null => slot != 0,
        "null" => slot == 0,
        _ => slot == HostReference(expected),
    };

    // Slot 0 is null, so host object n is n + 1.
    private static ulong HostReference(string number) => ulong.Parse(number, CultureInfo.InvariantCulture) + 1;
}
