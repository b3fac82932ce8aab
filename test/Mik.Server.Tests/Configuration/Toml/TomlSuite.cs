using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Mik.Server.Configuration.Toml;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Configuration.Toml;

/// <summary>The cases of toml-test for TOML 1.0.0.</summary>
public sealed class TomlSuite
{
    private const int ValidCases = 210;
    private const int InvalidCases = 499;

    [Fact]
    public void Valid_files_mean_what_the_suite_says()
    {
        using var suite = Open();
        var cases = suite.Entries.Where(static e => e.FullName.StartsWith("valid/", StringComparison.Ordinal) && e.FullName.EndsWith(".toml", StringComparison.Ordinal)).ToList();
        Assert.Equal(ValidCases, cases.Count);

        var failures = new List<string>();
        foreach (var entry in cases)
        {
            var document = TomlParser.Parse(Read(entry));
            using var expected = JsonDocument.Parse(Read(suite.GetEntry(Path.ChangeExtension(entry.FullName, ".json"))!));
            var difference = document.Errors is [var error, ..]
                ? $"rejected at {error.Position}: {error.Message}"
                : Compare(expected.RootElement, document.Root, "");
            if (difference is not null)
            {
                failures.Add($"{entry.FullName}: {difference}");
            }
        }

        Assert.Empty(failures);
    }

    [Fact]
    public void Invalid_files_are_rejected_with_a_place()
    {
        using var suite = Open();
        var cases = suite.Entries.Where(static e => e.FullName.StartsWith("invalid/", StringComparison.Ordinal) && e.FullName.EndsWith(".toml", StringComparison.Ordinal)).ToList();
        Assert.Equal(InvalidCases, cases.Count);

        var accepted = cases.Where(static e => TomlParser.Parse(Read(e)).Errors is not [{ Position: { Line: > 0, Column: > 0 } }, ..]).Select(static e => e.FullName);

        Assert.Empty(accepted);
    }

    private static ZipArchive Open() => ZipFile.OpenRead(SharedData.Require("conformance/toml-test-1.0.0.zip"));

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Null when the same, else what differs and where.</summary>
    private static string? Compare(JsonElement expected, TomlValue actual, string path) => (expected.ValueKind, actual) switch
    {
        (JsonValueKind.Array, TomlArray array) => expected.GetArrayLength() != array.Items.Count
            ? $"{path}: {array.Items.Count} items instead of {expected.GetArrayLength()}"
            : expected.EnumerateArray().Select((e, i) => Compare(e, array.Items[i], $"{path}[{i}]")).FirstOrDefault(static d => d is not null),
        (JsonValueKind.Object, TomlScalar scalar) => CompareScalar(expected.GetProperty("type").GetString()!, expected.GetProperty("value").GetString()!, scalar.Value)
            ? null
            : $"{path}: {scalar.Value} instead of {expected.GetRawText()}",
        (JsonValueKind.Object, TomlTable table) => CompareTable(expected, table, path),
        _ => $"{path}: {actual.Description} instead of {expected.GetRawText()}",
    };

    private static string? CompareTable(JsonElement expected, TomlTable table, string path)
    {
        if (expected.EnumerateObject().Count() != table.Entries.Count)
        {
            return $"{path}: keys {string.Join(", ", table.Entries.Select(static e => e.Key.Name))}";
        }

        return expected.EnumerateObject()
            .Select(p => table.TryGet(p.Name, out var entry) ? Compare(p.Value, entry.Value, $"{path}.{p.Name}") : $"{path}.{p.Name} is missing")
            .FirstOrDefault(static d => d is not null);
    }

    private static bool CompareScalar(string type, string expected, object actual) => (type, actual) switch
    {
        ("string", string value) => value == expected,
        ("integer", long value) => value == long.Parse(expected, CultureInfo.InvariantCulture),
        ("bool", bool value) => value == bool.Parse(expected),
        ("float", double value) => CompareFloat(expected, value),
        ("datetime", DateTimeOffset value) => ToMilliseconds(value.UtcTicks) == ToMilliseconds(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).UtcTicks),
        ("datetime-local", DateTime value) => ToMilliseconds(value.Ticks) == ToMilliseconds(DateTime.Parse(expected, CultureInfo.InvariantCulture).Ticks),
        ("date-local", DateOnly value) => value == DateOnly.Parse(expected, CultureInfo.InvariantCulture),
        ("time-local", TimeOnly value) => ToMilliseconds(value.Ticks) == ToMilliseconds(TimeOnly.Parse(expected, CultureInfo.InvariantCulture).Ticks),
        _ => false,
    };

    private static bool CompareFloat(string expected, double actual) => expected.TrimStart('+', '-') switch
    {
        "nan" => double.IsNaN(actual),
        "inf" => double.IsInfinity(actual) && (actual < 0) == expected.StartsWith('-'),
        _ => double.Parse(expected, CultureInfo.InvariantCulture).Equals(actual),
    };

    private static long ToMilliseconds(long ticks) => ticks / TimeSpan.TicksPerMillisecond;
}
