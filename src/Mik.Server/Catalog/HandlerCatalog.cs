using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Mik.Server.Catalog;

/// <summary>Every handler there is, broken ones included. Immutable; a reload builds another one.</summary>
internal sealed class HandlerCatalog(IEnumerable<HandlerEntry> handlers) : IHandlerScope
{
    private readonly FrozenDictionary<string, HandlerEntry> _handlers = handlers.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>All handlers, by name.</summary>
    public IReadOnlyList<HandlerEntry> Handlers { get => field ??= [.. _handlers.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal)]; }

    /// <summary>The handler of that exact name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out HandlerEntry? entry) => _handlers.TryGetValue(name, out entry);
}
