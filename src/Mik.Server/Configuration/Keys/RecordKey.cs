namespace Mik.Server.Configuration.Keys;

/// <summary>Everything there is to know about one key of a table that a file may have any number of.</summary>
/// <param name="Name">The key.</param>
/// <param name="Summary">One sentence for the reference page.</param>
/// <param name="Rule">Which values it takes.</param>
/// <param name="Get">Its value in a record; in a new one, its default.</param>
/// <param name="Set">A record with the value that <paramref name="Rule"/> returned.</param>
internal sealed record RecordKey<T>(string Name, string Summary, ConfigRule Rule, Func<T, object?> Get, Func<T, object, T> Set);
