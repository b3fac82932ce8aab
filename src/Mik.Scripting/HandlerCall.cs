namespace Mik.Scripting;

/// <summary>A <c>host.call</c> of a script, ready to be sent.</summary>
/// <param name="Handler">The name of the handler.</param>
/// <param name="Method">The method; <c>GET</c> unless the script named one.</param>
/// <param name="Path">The path, which may carry a query; <c>/</c> unless the script named one.</param>
/// <param name="Headers">The headers, with the content type that the body's kind implies unless the script named one.</param>
/// <param name="Body">The body.</param>
/// <param name="HasBody">Whether there is a body at all; an empty string is one, <c>null</c> is none.</param>
/// <param name="Timeout">How long the script is willing to wait, if it said so.</param>
public sealed record HandlerCall(
    string Handler,
    string Method,
    string Path,
    IReadOnlyList<ScriptHeader> Headers,
    ReadOnlyMemory<byte> Body,
    bool HasBody,
    TimeSpan? Timeout);

/// <summary>What a handler answered, whatever its status.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Body">The whole body.</param>
public sealed record HandlerAnswer(int Status, IReadOnlyList<ScriptHeader> Headers, ReadOnlyMemory<byte> Body);
