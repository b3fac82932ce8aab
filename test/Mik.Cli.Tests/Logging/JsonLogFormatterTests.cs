using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Mik.Cli.Logging;
using Mik.Server.Observability;
using Xunit;

namespace Mik.Cli.Tests.Logging;

public sealed class JsonLogFormatterTests
{
    [Fact]
    public void An_entry_is_one_object_with_its_values_under_their_names()
    {
        var line = Format(LogLevel.Warning, null, ("RequestId", "r-1"), ("Milliseconds", 1.5), ("Status", 200), ("Calls", new Numbers()), ("{OriginalFormat}", "x"));

        Assert.Equal(
            """{"time":"2026-05-04T03:02:01.000Z","level":"warning","category":"Mik.Requests","event":7,"message":"what happened","request_id":"r-1","milliseconds":1.5,"status":200,"calls":[1,2]}""" + "\n",
            line);
    }

    [Theory]
    [InlineData("two\nlines\r\n")]
    [InlineData("\u001b[31mred\u0000\u0007")]
    [InlineData("\u2028\u2029\u202e\u2066")]
    [InlineData("\"},\"level\":\"error\",{\"")]
    [InlineData("\ud800 half a character")]
    [InlineData("<script>é漢🙂")]
    public void Hostile_text_stays_inside_its_value(string text)
    {
        var line = Format(LogLevel.Information, new InvalidOperationException(text), ("Detail", text));

        Assert.All(line[..^1], static c => Assert.InRange(c, ' ', '~'));
        Assert.Equal('\n', line[^1]);
        using var entry = JsonDocument.Parse(line);
        Assert.Equal("info", entry.RootElement.GetProperty("level").GetString());
        Assert.Equal(text.Replace('\ud800', '\ufffd'), entry.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public void A_long_exception_is_cut()
    {
        var line = Format(LogLevel.Error, new InvalidOperationException(new string('x', 100_000)));

        Assert.InRange(line.Length, 16_000, 17_000);
    }

    private static string Format(LogLevel level, Exception? exception, params (string Name, object? Value)[] values)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero));
        var output = new ArrayBufferWriter<byte>();
        var state = values.Select(static value => KeyValuePair.Create(value.Name, value.Value)).ToList();
        var entry = new LogEntry<List<KeyValuePair<string, object?>>>(level, "Mik.Requests", 7, state, exception, static (_, _) => "what happened");
        new JsonLogFormatter(time).Write(entry, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class Numbers : IStructuredLogValue
    {
        public void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartArray();
            json.WriteNumberValue(1);
            json.WriteNumberValue(2);
            json.WriteEndArray();
        }
    }
}
