using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Wasi.Tests;

/// <summary>Whether a value is built as its type wants it; the linker trusts host functions in this.</summary>
internal static class ValueShape
{
    public static void Check(WitType type, ComponentValue value, string where)
    {
        switch (type)
        {
            case PrimitiveType(PrimitiveKind.String):
                Assert.True(value.Reference is string, $"{where}: {value.Reference} is not a string");
                break;
            case PrimitiveType(var kind):
                Assert.True(value.Reference is null && Fits(kind, value.Bits), $"{where}: {value.Bits} is not a {kind}");
                break;
            case ListType(var element) when element == WitType.U8:
                Assert.True(value.Reference is byte[], $"{where}: not bytes");
                break;
            case ListType(var element):
                foreach (var each in Values(value, where))
                {
                    Check(element, each, where + "[]");
                }

                break;
            case RecordType(var fields):
                CheckAll([.. fields.Select(field => field.Type)], value, where);
                break;
            case TupleType(var types):
                CheckAll([.. types], value, where);
                break;
            case VariantType(var cases):
                CheckCase([.. cases.Select(each => each.Type)], value, where);
                break;
            case OptionType(var some):
                CheckCase([null, some], value, where);
                break;
            case ResultType(var ok, var error):
                CheckCase([ok, error], value, where);
                break;
            case EnumType(var cases):
                CheckCase(new WitType?[cases.Length], value, where);
                break;
            case FlagsType(var names):
                Assert.True(value.Bits >> names.Length == 0, $"{where}: flags {value.Bits:x}");
                break;
            case OwnType or BorrowType:
                Assert.True(value.Reference is not null and not ComponentValue, $"{where}: no resource");
                break;
            default:
                Assert.Fail($"{where}: {type}");
                break;
        }
    }

    private static bool Fits(PrimitiveKind kind, ulong bits) => kind switch
    {
        PrimitiveKind.Bool => bits <= 1,
        PrimitiveKind.U8 => bits <= byte.MaxValue,
        PrimitiveKind.U16 => bits <= ushort.MaxValue,
        PrimitiveKind.U32 => bits <= uint.MaxValue,
        _ => true,
    };

    private static ComponentValue[] Values(ComponentValue value, string where)
    {
        Assert.True(value.Reference is ComponentValue[], $"{where}: no values");
        return (ComponentValue[])value.Reference!;
    }

    private static void CheckAll(WitType[] types, ComponentValue value, string where)
    {
        var values = Values(value, where);
        Assert.Equal(types.Length, values.Length);
        for (var i = 0; i < types.Length; i++)
        {
            Check(types[i], values[i], $"{where}.{i}");
        }
    }

    private static void CheckCase(WitType?[] cases, ComponentValue value, string where)
    {
        Assert.True(value.Bits < (ulong)cases.Length, $"{where}: case {value.Bits}");
        if (cases[value.Case] is { } payload)
        {
            Check(payload, value.Payload, $"{where}:{value.Case}");
        }
        else
        {
            Assert.True(value.Reference is null, $"{where}: case {value.Bits} has no payload");
        }
    }
}
