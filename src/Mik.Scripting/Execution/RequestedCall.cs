namespace Mik.Scripting.Execution;

/// <summary>A handler call as the script asked for it. Nothing of it is to be trusted.</summary>
/// <param name="Handler">The name of the handler.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="HeadersJson">A list of pairs; empty for none.</param>
/// <param name="ContentType">What the body's kind implies; empty for nothing.</param>
/// <param name="TimeoutMilliseconds">How long the script is willing to wait; negative when it did not say.</param>
/// <param name="Body">The body; <see langword="null"/> for none.</param>
internal readonly record struct RequestedCall(
    string Handler, string Method, string Path, byte[] HeadersJson, string ContentType, double TimeoutMilliseconds, byte[]? Body);
