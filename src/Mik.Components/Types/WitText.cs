using System.Text;

namespace Mik.Components.Types;

/// <summary>Writes types as WIT would, for messages.</summary>
internal static class WitText
{
    // A message is read by a person; past this the rest says nothing more.
    private const int MaxLength = 400;

    public static string Of(WitType? type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.ToString();
    }

    public static string Of(ComponentFuncType type)
    {
        var text = new StringBuilder("func(");
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(type.Parameters[i].Name).Append(": ");
            Append(text, type.Parameters[i].Type);
        }

        text.Append(')');
        if (type.Result is { } result)
        {
            text.Append(" -> ");
            Append(text, result);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, WitType? type)
    {
        if (text.Length > MaxLength)
        {
            text.Append('…');
            return;
        }

        switch (type)
        {
            case null:
                text.Append('_');
                break;
            case PrimitiveType primitive:
                text.Append(primitive.Kind.ToString().ToLowerInvariant());
                break;
            case ListType list:
                AppendGeneric(text, "list", list.Element);
                break;
            case FixedListType list:
                text.Append("list<");
                Append(text, list.Element);
                text.Append(", ").Append(list.Length).Append('>');
                break;
            case MapType map:
                AppendGeneric(text, "map", map.Key, map.Value);
                break;
            case OptionType option:
                AppendGeneric(text, "option", option.Some);
                break;
            case ResultType result:
                AppendGeneric(text, "result", result.Ok, result.Error);
                break;
            case TupleType tuple:
                AppendGeneric(text, "tuple", tuple.Types.AsSpan());
                break;
            case OwnType own:
                text.Append("own<").Append(own.Resource).Append('>');
                break;
            case BorrowType borrow:
                text.Append("borrow<").Append(borrow.Resource).Append('>');
                break;
            case RecordType record:
                AppendNamed(text, "record", record.Fields.Length, i => record.Fields[i].Name, i => record.Fields[i].Type);
                break;
            case VariantType variant:
                AppendNamed(text, "variant", variant.Cases.Length, i => variant.Cases[i].Name, i => variant.Cases[i].Type);
                break;
            case EnumType labels:
                AppendNamed(text, "enum", labels.Cases.Length, i => labels.Cases[i], static _ => null);
                break;
            case FlagsType labels:
                AppendNamed(text, "flags", labels.Names.Length, i => labels.Names[i], static _ => null);
                break;
        }
    }

    private static void AppendGeneric(StringBuilder text, string name, params ReadOnlySpan<WitType?> arguments)
    {
        text.Append(name).Append('<');
        for (var i = 0; i < arguments.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Append(text, arguments[i]);
        }

        text.Append('>');
    }

    private static void AppendNamed(StringBuilder text, string kind, int count, Func<int, string> nameOf, Func<int, WitType?> typeOf)
    {
        text.Append(kind).Append(" { ");
        for (var i = 0; i < count && text.Length <= MaxLength; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(nameOf(i));
            if (typeOf(i) is { } type)
            {
                text.Append(": ");
                Append(text, type);
            }
        }

        text.Append(" }");
    }
}
