using System.Globalization;
using Mik.Benchmarks.Measurement;

namespace Mik.Benchmarks;

/// <summary>How long and how often to measure.</summary>
/// <param name="Seconds">Time for each row, in all.</param>
/// <param name="Rounds">How many turns it gets for that.</param>
/// <param name="Requests">How many requests are in flight where that is the question.</param>
/// <param name="Tenants">How many tenants there are where that is the question.</param>
/// <param name="Called">How many of them are called.</param>
/// <param name="MiB">How large a body is where that is the question.</param>
/// <param name="Only">The one row to measure, for a profiler; every row when it is empty.</param>
internal sealed record BenchmarkOptions(double Seconds = 3, int Rounds = 7, int Requests = 200, int Tenants = 10_000, int Called = 1000, int MiB = 1024, string Only = "")
{
    /// <summary>The rounds these options ask for.</summary>
    public InterleavedRounds Turns => new(Rounds, TimeSpan.FromSeconds(Seconds / Rounds));

    /// <summary>Reads options in the form <c>--name value</c>; <see langword="null"/> when there is one that does not exist or makes no sense.</summary>
    public static BenchmarkOptions? Parse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            var value = arguments[1];
            var next = arguments[0] switch
            {
                "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 0 and <= 3600 => options with { Seconds = n },
                "--rounds" when int.TryParse(value, out var n) && n > 0 => options with { Rounds = n },
                "--requests" when int.TryParse(value, out var n) && n is > 0 and <= 1000 => options with { Requests = n },
                "--tenants" when int.TryParse(value, out var n) && n is > 0 and <= 100_000 => options with { Tenants = n },
                "--called" when int.TryParse(value, out var n) && n is > 0 and <= 100_000 => options with { Called = n },
                "--mib" when int.TryParse(value, out var n) && n is > 0 and <= 4096 => options with { MiB = n },
                "--only" => options with { Only = value },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return arguments.IsEmpty ? options : null;
    }
}
