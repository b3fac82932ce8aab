using System.Text.Json;

namespace Mik.Server.Observability;

/// <summary>A value of a log entry that is more than a word where entries are JSON. As text it is what <c>ToString</c> says.</summary>
public interface IStructuredLogValue
{
    /// <summary>Writes one JSON value.</summary>
    void WriteTo(Utf8JsonWriter json);
}
