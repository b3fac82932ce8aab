using System.Globalization;
using System.Net;

namespace Mik.Wasi.Sockets;

/// <summary>
/// Whom a guest may contact with sockets of its own. A pattern is a host and a port, <c>db.internal:5432</c>, <c>10.1.2.3:53</c> or
/// <c>[fd00::1]:*</c>; the star stands for every port. A host that is a name is reached at the addresses that looking it up gave this very
/// guest, so that nobody is reached by the address of another. Immutable.
/// </summary>
public sealed class SocketPolicy
{
    private readonly List<Rule> _rules = [];

    /// <summary>Reads patterns; none allows nothing.</summary>
    /// <exception cref="FormatException">A pattern is none.</exception>
    public SocketPolicy(IEnumerable<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            var colon = pattern.LastIndexOf(':');
            if (colon <= 0)
            {
                throw new FormatException($"'{pattern}' is not a host with a port");
            }

            int? port = pattern[(colon + 1)..] is "*" ? null : ushort.Parse(pattern.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            var host = pattern[..colon].Trim('[', ']');
            _rules.Add(IPAddress.TryParse(host, out var address) ? new Rule(null, address, port) : new Rule(host, null, port));
        }
    }

    /// <summary>Nobody.</summary>
    public static SocketPolicy None { get; } = new([]);

    /// <summary>Whether nobody may be contacted.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>Whether a name may be looked up.</summary>
    public bool AllowsName(string name) => _rules.Exists(rule => string.Equals(rule.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a guest may contact an address.</summary>
    /// <param name="endpoint">The address and port.</param>
    /// <param name="lookedUp">The names the guest has looked up, and what came of it.</param>
    internal bool Allows(IPEndPoint endpoint, IReadOnlySet<(string Name, IPAddress Address)> lookedUp) => _rules.Exists(rule =>
        (rule.Port ?? endpoint.Port) == endpoint.Port
        && (rule.Address is { } address ? address.Equals(endpoint.Address) : lookedUp.Contains((rule.Name!.ToUpperInvariant(), endpoint.Address))));

    private readonly record struct Rule(string? Name, IPAddress? Address, int? Port);
}
