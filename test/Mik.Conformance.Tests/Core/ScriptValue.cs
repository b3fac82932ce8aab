using System.Globalization;
using System.Text.Json;
using Mik.Wasm.Types;

namespace Mik.Conformance.Tests.Core;

/// <summary>Constants of scripts as 64-bit slots, and the comparison with what came back. Floats never leave their bits.</summary>
internal static class ScriptValue
{
    /// <summary>The slot of an argument.</summary>
    public static ulong Slot(JsonElement constant)
    {
        var value = constant.GetProperty("value").GetString()!;
        return constant.GetProperty("type").GetString() switch
        {
            "i32" or "f32" => uint.Parse(value, CultureInfo.InvariantCulture),
            "i64" or "f64" => ulong.Parse(value, CultureInfo.InvariantCulture),
            _ => value == "null" ? 0 : HostReference(value),
        };
    }

    /// <summary>Whether <paramref name="slot"/> holds what the script expects.</summary>
    public static bool Matches(JsonElement expected, ValType actualType, ulong slot)
    {
        var type = expected.GetProperty("type").GetString();
        if (type == "either")
        {
            return expected.GetProperty("values").EnumerateArray().Any(e => Matches(e, actualType, slot));
        }

        var value = expected.TryGetProperty("value", out var v) ? v.GetString() : null;
        return type switch
        {
            "i32" => actualType == ValType.I32 && (uint)slot == Slot(expected),
            "i64" => actualType == ValType.I64 && slot == Slot(expected),
            "f32" => actualType == ValType.F32 && MatchesF32(value!, (uint)slot),
            "f64" => actualType == ValType.F64 && MatchesF64(value!, slot),
            "funcref" => actualType == ValType.FuncRef && MatchesReference(value, slot),
            "externref" => actualType == ValType.ExternRef && MatchesReference(value, slot),
            "nullfuncref" => actualType == ValType.FuncRef && slot == 0,
            "nullexternref" => actualType == ValType.ExternRef && slot == 0,
            "refnull" => actualType.IsReference() && slot == 0,
            _ => false,
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
