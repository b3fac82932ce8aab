namespace Mik.Scripting;

/// <summary>The HTTP response that a script decided on.</summary>
/// <param name="Status">The status, 100 to 599.</param>
/// <param name="Headers">The headers, with the content type that the body's kind implies unless the script named one.</param>
/// <param name="Body">The body; empty for none.</param>
public sealed record ScriptAnswer(int Status, IReadOnlyList<ScriptHeader> Headers, ReadOnlyMemory<byte> Body);
