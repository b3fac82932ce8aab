namespace Mik.Server.Configuration.Keys;

/// <summary>Everything there is to know about one key of a <c>[handlers.name]</c> section.</summary>
/// <param name="Name">The key.</param>
/// <param name="Summary">One sentence for the reference page.</param>
/// <param name="Rule">Which values it takes.</param>
/// <param name="Set">A section with the value that the rule returned.</param>
internal sealed record HandlerKey(string Name, string Summary, ConfigRule Rule, Func<HandlerConfig, IReadOnlyList<string>, HandlerConfig> Set)
{
    /// <summary>Every key, in the order of the reference page.</summary>
    public static IReadOnlyList<HandlerKey> All { get; } =
    [
        new(
            "mounts",
            "Directories the handler sees, relative to the project; read-only unless `:rw` says otherwise. Linux only.",
            new TextListRule(
                "an array of mounts such as [\"assets:/assets\", \"data:/data:rw\"]",
                "a directory, \":\" and the absolute path that the handler sees, with \":rw\" behind it to let it write",
                static text => MountConfig.Parse(text) is null ? null : text),
            static (handler, items) => handler with { Mounts = [.. items.Select(static item => MountConfig.Parse(item)!)] }),
        new(
            "sockets",
            "Hosts and ports the handler may open TCP connections to, send datagrams to and look up.",
            new TextListRule(
                "an array of hosts with ports such as [\"db.internal:5432\", \"[fd00::1]:53\"]",
                "a host, \":\" and a port or \"*\"",
                TextForms.HostAndPort),
            static (handler, items) => handler with { Sockets = items }),
    ];

    public static HandlerKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);
}
