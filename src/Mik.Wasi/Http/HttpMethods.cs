using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>Methods and schemes between text and variants. wit: wasi:http/types#method, wasi:http/types#scheme</summary>
internal static class HttpMethods
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    private static readonly string[] Schemes = ["http", "https"];

    public static WitType Method { get; } = Variant(
        new("get", null),
        new("head", null),
        new("post", null),
        new("put", null),
        new("delete", null),
        new("connect", null),
        new("options", null),
        new("trace", null),
        new("patch", null),
        new("other", WitType.String));

    public static WitType Scheme { get; } = Variant(new("HTTP", null), new("HTTPS", null), new("other", WitType.String));

    public static ComponentValue MethodToValue(string method) => ToValue(Methods, method, StringComparison.Ordinal);

    public static string MethodOf(ComponentValue value) => Of(Methods, value);

    public static ComponentValue SchemeToValue(string scheme) => ToValue(Schemes, scheme, StringComparison.OrdinalIgnoreCase);

    public static string SchemeOf(ComponentValue value) => Of(Schemes, value);

    private static ComponentValue ToValue(string[] names, string text, StringComparison comparison)
    {
        var index = Array.FindIndex(names, name => name.Equals(text, comparison));
        return index >= 0 ? ComponentValue.OfCase(index) : ComponentValue.OfCase(names.Length, ComponentValue.String(text));
    }

    private static string Of(string[] names, ComponentValue value) =>
        value.Case < names.Length ? names[value.Case] : value.Payload.AsString;
}
