using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Mik.Cli.Logging;
using Xunit;

namespace Mik.Cli.Tests.Logging;

public sealed class LogProviderTests
{
    [Fact]
    public void Entries_come_in_order_with_level_category_and_event()
    {
        var stream = new MemoryStream();
        using (var provider = new LogProvider(new JsonLogFormatter(new FakeTimeProvider()), stream))
        {
            var logger = provider.CreateLogger("Mik.Requests");
            logger.Log(LogLevel.Information, new EventId(7), "first", null, static (text, _) => text);
            logger.Log(LogLevel.Error, new EventId(8), new string('x', 50_000), null, static (text, _) => text);
            logger.Log(LogLevel.Warning, new EventId(9), "third", null, static (text, _) => text);
        }

        var entries = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n').Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([7, 8, 9], entries.Select(static entry => entry.GetProperty("event").GetInt32()));
        Assert.Equal(["info", "error", "warning"], entries.Select(static entry => entry.GetProperty("level").GetString()!));
        Assert.All(entries, static entry => Assert.Equal("Mik.Requests", entry.GetProperty("category").GetString()));
        Assert.Equal("third", entries[2].GetProperty("message").GetString());
    }

    [Fact]
    public void An_entry_that_logs_while_it_is_formatted_breaks_nothing()
    {
        var stream = new MemoryStream();
        using (var provider = new LogProvider(new JsonLogFormatter(new FakeTimeProvider()), stream))
        {
            var logger = provider.CreateLogger("c");
            logger.Log(LogLevel.Information, default, logger, null, static (inner, _) =>
            {
                inner.Log(LogLevel.Information, default, "inner", null, static (text, _) => text);
                return "outer";
            });
        }

        var messages = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n').Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString());
        Assert.Equal(["inner", "outer"], messages);
    }
}
