using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mik.Testing.Reporting;

/// <summary>Writes YAML scalars. A JSON string is a YAML one, whatever is in it.</summary>
internal static class YamlText
{
    private static readonly PlainText Plain = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Quote(string text) => JsonSerializer.Serialize(text, Plain.String);
}

/// <summary>Strings as JSON with as few escapes as possible.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class PlainText : JsonSerializerContext;
