namespace Mik.Server.Configuration;

/// <summary>The <c>[cors]</c> section of <c>mik.toml</c>: which pages of other origins may read answers. Off without origins.</summary>
public sealed record CorsConfig
{
    /// <summary>Origins such as <c>https://app.example.com</c>, or <c>*</c> for all of them. None: nothing is answered for other origins.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Methods that such pages may use beyond those they may always.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Headers that such pages may send beyond those they may always.</summary>
    public IReadOnlyList<string> Headers { get; init; } = ["content-type", "authorization"];

    /// <summary>Headers of answers that such pages may read beyond those they may always.</summary>
    public IReadOnlyList<string> ExposedHeaders { get; init; } = [];

    /// <summary>Whether cookies and other credentials go along; not together with all origins.</summary>
    public bool Credentials { get; init; }

    /// <summary>Seconds for which browsers remember what they were allowed. Ten minutes: a change is obeyed within them.</summary>
    public int MaxAgeSecs { get; init; } = 600;
}
