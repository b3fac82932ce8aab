namespace Mik.Cli;

/// <summary>Where commands write: answers to one stream, complaints to the other, colours only where a person reads them.</summary>
internal sealed class CliOutput(TextWriter output, TextWriter error, bool colorsOutput, bool colorsError)
{
    private const string Red = "\e[31m";
    private const string Yellow = "\e[33m";
    private const string Bold = "\e[1m";
    private const string Dim = "\e[2m";
    private const string Reset = "\e[0m";

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>Whether a person reads answers.</summary>
    public bool ColorsOutput { get; } = colorsOutput;

    /// <summary>Whether a person reads complaints and logs.</summary>
    public bool ColorsError { get; } = colorsError;

    public static CliOutput OfProcess()
    {
        // https://no-color.org: any value but the empty one counts.
        var wanted = Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new CliOutput(Console.Out, Console.Error, wanted && !Console.IsOutputRedirected, wanted && !Console.IsErrorRedirected);
    }

    public void WriteLine(string line) => Output.WriteLine(line);

    public void WriteError(string message) => WriteComplaint("error", Red, message);

    public void WriteWarning(string message) => WriteComplaint("warning", Yellow, message);

    public string Strong(string text) => ColorsOutput ? Bold + text + Reset : text;

    public string Faint(string text) => ColorsOutput ? Dim + text + Reset : text;

    public string FaintError(string text) => ColorsError ? Dim + text + Reset : text;

    public string WarningMark(string text) => ColorsError ? Yellow + text + Reset : text;

    public string ErrorMark(string text) => ColorsError ? Red + text + Reset : text;

    private void WriteComplaint(string kind, string color, string message) =>
        Error.WriteLine(ColorsError ? $"{color}{kind}:{Reset} {message}" : $"{kind}: {message}");
}
