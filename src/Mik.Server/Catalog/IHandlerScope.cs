using System.Diagnostics.CodeAnalysis;

namespace Mik.Server.Catalog;

/// <summary>What a script's names of handlers mean. Thread-safe.</summary>
internal interface IHandlerScope
{
    /// <summary>The handler of that exact name.</summary>
    bool TryFind(string name, [NotNullWhen(true)] out HandlerEntry? entry);
}
