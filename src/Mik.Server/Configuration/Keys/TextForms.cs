using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Mik.Server.Configuration.Keys;

/// <summary>The forms that strings of the configuration must have. Each returns the usual form, or null.</summary>
internal static partial class TextForms
{
    /// <summary>What stands before the name of a variable that holds a secret.</summary>
    public const string EnvironmentPrefix = "env:";

    /// <summary>What stands before the hash of a key.</summary>
    public const string HashPrefix = "sha256:";

    public static string? Any(string text) => text;

    /// <summary>A secret that stands somewhere else: files are copied, committed and shown.</summary>
    public static string? FromEnvironment(string text) => text.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) && text.Length > EnvironmentPrefix.Length ? text : null;

    public static string? ApiKey(string text) => FromEnvironment(text) ?? (HashPattern().IsMatch(text) ? text : null);

    /// <summary>An origin as browsers send it: scheme, host and a port that is not the usual one.</summary>
    public static string? Origin(string text) =>
        text == "*" || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text) ? text : null;

    public static string? Token(string text) => Pipeline.HeaderRules.IsToken(text) ? text : null;

    public static string? Directory(string text) => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    /// <summary>What a handler can be called.</summary>
    public static string? EntryName(string text) => Routing.EntryName.Problem(text) is null ? text : null;

    public static string? ProjectName(string text) => ProjectNamePattern().IsMatch(text) ? text : null;

    public static string? SemanticVersion(string text) => SemanticVersionPattern().IsMatch(text) ? text : null;

    public static string? Language(string text) => text switch
    {
        "rust" or "rs" => "rust",
        "typescript" or "ts" => "typescript",
        "javascript" or "js" => "javascript",
        "c" => "c",
        _ => null,
    };

    /// <summary>An address to bind. Short forms such as <c>127.1</c> and plain numbers are more likely mistakes than addresses.</summary>
    public static string? BindAddress(string text)
    {
        if (text == "localhost")
        {
            return text;
        }

        var bare = text is ['[', .., ']'] ? text[1..^1] : text;
        if (!IPAddress.TryParse(bare, out var address))
        {
            return null;
        }

        var written = address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == bare;
        return written ? address.ToString() : null;
    }

    /// <summary>A host as it appears in a URL, optionally with all its subdomains, or any host.</summary>
    public static string? AllowedHost(string text)
    {
        if (text == "*")
        {
            return text;
        }

        if (text is ['[', .. var literal, ']'])
        {
            return IPAddress.TryParse(literal, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : null;
        }

        return HostPattern().IsMatch(text) ? text.ToLowerInvariant() : null;
    }

    /// <summary>An address of a server, as a URL.</summary>
    public static string? HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0
            ? text
            : null;

    /// <summary>A host as it appears in a URL, with a port or with <c>*</c> for every port.</summary>
    public static string? HostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0)
        {
            return null;
        }

        var (host, port) = (text[..colon], text[(colon + 1)..]);
        var isPort = port == "*" || (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0);
        return isPort && !host.Contains('*', StringComparison.Ordinal) && AllowedHost(host) is { } accepted ? $"{accepted}:{port}" : null;
    }

    [GeneratedRegex(@"\Asha256:[0-9a-fA-F]{64}\z")]
    private static partial Regex HashPattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,63}\z")]
    private static partial Regex ProjectNamePattern();

    // The expression that semver.org recommends, without captures.
    [GeneratedRegex(@"\A(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?\z", RegexOptions.ECMAScript)]
    private static partial Regex SemanticVersionPattern();

    [GeneratedRegex(@"\A(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\z")]
    private static partial Regex HostPattern();
}
