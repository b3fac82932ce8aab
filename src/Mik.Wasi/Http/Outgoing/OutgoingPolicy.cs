namespace Mik.Wasi.Http.Outgoing;

/// <summary>What a policy says about a host.</summary>
public enum HostReach
{
    /// <summary>Not to be contacted.</summary>
    Denied,

    /// <summary>To be contacted at public addresses only.</summary>
    Public,

    /// <summary>To be contacted wherever it is: it was listed by its very name.</summary>
    Anywhere,
}

/// <summary>
/// The hosts guests may contact. A pattern is <c>*</c> (every host), <c>*.example.com</c> (that domain and all below), or the name or
/// address of one host; never a scheme, port or path. Patterns with a star reach public addresses only, so that nothing inside the
/// network opens by accident. Immutable.
/// </summary>
public sealed class OutgoingPolicy
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _domains = [];
    private readonly bool _all;

    /// <summary>Reads patterns; none allows nothing.</summary>
    public OutgoingPolicy(IEnumerable<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (pattern == "*")
            {
                _all = true;
            }
            else if (pattern.StartsWith("*.", StringComparison.Ordinal))
            {
                _domains.Add(pattern[2..]);
            }
            else
            {
                _hosts.Add(pattern.Trim('[', ']'));
            }
        }
    }

    /// <summary>The largest body of a response. A gigabyte: it only bounds what never ends, since bodies are not kept.</summary>
    public long MaxResponseBytes { get; init; } = 1L << 30;

    /// <summary>Whether anything is allowed at all.</summary>
    public bool IsEmpty => !_all && _hosts.Count == 0 && _domains.Count == 0;

    /// <summary>Judges a host: a name, or an address with or without brackets; no port.</summary>
    public HostReach Judge(string host)
    {
        host = host.Trim('[', ']');
        if (_hosts.Contains(host))
        {
            return HostReach.Anywhere;
        }

        return _all || _domains.Exists(domain => IsWithin(host, domain)) ? HostReach.Public : HostReach.Denied;
    }

    private static bool IsWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');
}
