using System.Globalization;

namespace Mik.Server.Tracing;

/// <summary>Words of spans that there are few of, whatever clients send. Those of HTTP are OpenTelemetry's.</summary>
internal static class SpanNames
{
    /// <summary>Stands for methods that HTTP does not know.</summary>
    public const string OtherMethod = "_OTHER";

    /// <summary>A method, if it is a known one.</summary>
    public static string MethodOf(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "CONNECT" or "OPTIONS" or "TRACE" or "PATCH" or "QUERY" => method,
        _ => OtherMethod,
    };

    /// <summary>
    /// The name of a span about a handler or a script. Names group spans, and there may be thousands of tenants, whose handlers and scripts
    /// have a slash in their names: which one it is about is an attribute's matter.
    /// </summary>
    /// <param name="what">What is done.</param>
    /// <param name="name">The handler's or the script's name; <see langword="null"/> when there is none of that name.</param>
    public static string Of(string what, string? name) => name is null || name.Contains('/', StringComparison.Ordinal) ? what : $"{what} {name}";

    /// <summary>A protocol's version, such as <c>1.1</c>.</summary>
    public static string VersionOf(string protocol) => protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? protocol["HTTP/".Length..] : protocol;

    /// <summary>A status in digits.</summary>
    public static string StatusText(int status) => status.ToString(CultureInfo.InvariantCulture);
}
