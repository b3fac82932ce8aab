namespace Mik.Wasi.Tests;

internal sealed class RecordingLog : IGuestLog
{
    public List<string> Lines { get; } = [];

    public void WriteLine(GuestOutput output, string line) => Lines.Add($"{output}: {line}");
}
