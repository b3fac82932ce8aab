using System.Globalization;

namespace Mik.Fuzz;

/// <summary>What to do, from the command line.</summary>
/// <param name="Count">How many mutants.</param>
/// <param name="First">The number of the first one.</param>
/// <param name="Seed">Decides everything random, together with a mutant's number.</param>
/// <param name="Output">The directory findings are saved to.</param>
/// <param name="Progress">Set for workers: the file they write the number of the mutant at hand to.</param>
internal sealed record FuzzOptions(long Count, long First, int Seed, string Output, string? Progress)
{
    public const string Usage = "Mik.Fuzz [--count n] [--first n] [--seed n] [--output directory]";

    /// <exception cref="FormatException">Not understood.</exception>
    public static FuzzOptions Parse(string[] arguments)
    {
        var options = new FuzzOptions(1_000, 0, 1, Path.Combine("artifacts", "fuzz"), null);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--count" => options with { Count = long.Parse(value, CultureInfo.InvariantCulture) },
                "--first" => options with { First = long.Parse(value, CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "--output" => options with { Output = value },
                "--worker" => options with { Progress = value },
                var other => throw new FormatException($"{other} is not known"),
            };
        }

        return arguments.Length % 2 == 0 ? options : throw new FormatException($"{arguments[^1]} lacks a value");
    }

    /// <summary>The same for a worker.</summary>
    public string[] ToArguments(string progress) =>
    [
        "--count", Count.ToString(CultureInfo.InvariantCulture), "--first", First.ToString(CultureInfo.InvariantCulture),
        "--seed", Seed.ToString(CultureInfo.InvariantCulture), "--output", Output, "--worker", progress,
    ];
}
