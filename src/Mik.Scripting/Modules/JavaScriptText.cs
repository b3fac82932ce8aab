using System.Text.Json;
using Mik.Scripting.Bodies;

namespace Mik.Scripting.Modules;

/// <summary>Writes pieces of JavaScript.</summary>
internal static class JavaScriptText
{
    /// <summary>A string literal; JSON strings are a subset of JavaScript's.</summary>
    public static string Literal(string text) => JsonSerializer.Serialize(text, PlainJson.Default.String);
}
