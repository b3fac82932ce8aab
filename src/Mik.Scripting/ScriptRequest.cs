namespace Mik.Scripting;

/// <summary>A header of a message that a script receives or sends. Repeated headers are repeated entries.</summary>
/// <param name="Name">The name, in any case.</param>
/// <param name="Value">The value.</param>
public sealed record ScriptHeader(string Name, string Value);

/// <summary>The HTTP request that a script answers, before anything of it is parsed.</summary>
public sealed record ScriptRequest
{
    /// <summary>The method, such as <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The full request path, as <c>req.path</c> shows it.</summary>
    public required string Path { get; init; }

    /// <summary>The raw query string without its question mark; empty without a query.</summary>
    public string Query { get; init; } = "";

    /// <summary>The headers in the order in which they arrived.</summary>
    public IReadOnlyList<ScriptHeader> Headers { get; init; } = [];

    /// <summary>The whole body; empty without a body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How many scripts' calls led to this request: 0 for one of a client's own.</summary>
    public int CallDepth { get; init; }

    /// <summary>Identifies the request in the log.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Where the run that answers notes what it took; <see langword="null"/> when nobody wants to know.</summary>
    public ScriptUsage? Usage { get; init; }
}
