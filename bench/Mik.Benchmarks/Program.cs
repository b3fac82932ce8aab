using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Requests;

const string Usage = """
    Usage: Mik.Benchmarks <benchmark> [--seconds <n>] [--rounds <n>]

      scripts   cost of a request: wall and processor time, bytes allocated

      --seconds  how long each row is measured in all (3); 0 asks once per round
      --rounds   turns it gets for that (7)
    """;

var (seconds, rounds) = (3.0, 7);
for (var i = 1; i < args.Length; i += 2)
{
    var isKnown = i + 1 < args.Length && args[i] switch
    {
        "--seconds" => double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seconds) && seconds >= 0,
        "--rounds" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out rounds) && rounds > 0,
        _ => false,
    };
    if (!isKnown)
    {
        await Console.Error.WriteLineAsync(Usage);
        return 2;
    }
}

var turns = new InterleavedRounds(rounds, TimeSpan.FromSeconds(seconds / rounds));
switch (args)
{
    case ["scripts", ..]:
        await ScriptRequests.RunAsync(turns, Console.Out);
        return 0;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}
