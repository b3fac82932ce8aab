using System.Text.Json.Serialization;

namespace Mik.Scripting.Bodies;

[JsonSerializable(typeof(string))]
internal sealed partial class PlainJson : JsonSerializerContext;
