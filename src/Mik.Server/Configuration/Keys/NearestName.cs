namespace Mik.Server.Configuration.Keys;

/// <summary>Guesses what a mistyped name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The candidate that is a few slips away or contains the name; null when none is.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var all = candidates.ToList();
        var nearest = all.Select(c => (Name: c, Distance: Distance(name, c))).OrderBy(static c => c.Distance).FirstOrDefault();
        if (nearest.Name is not null && nearest.Distance <= Math.Max(1, nearest.Name.Length / 3))
        {
            return nearest.Name;
        }

        return name.Length >= 4 ? all.Find(c => c.Contains(name, StringComparison.OrdinalIgnoreCase)) : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two names, the case aside.</summary>
    public static int Distance(string first, string second)
    {
        // Three rows are enough: a swap looks two back. Long names are cut, a name that long is no slip.
        var a = first.Length > 64 ? first[..64] : first;
        var b = second;
        var beforeLast = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
