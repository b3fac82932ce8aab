using System.Text;
using System.Text.Json;
using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class CallLogTests
{
    [Fact]
    public void Nothing_called_is_nothing_said()
    {
        Assert.Equal("", CallLog.None.ToString());
        Assert.Equal("[]", Json(CallLog.None));
    }

    [Fact]
    public void Calls_are_told_by_handler_result_and_duration()
    {
        var calls = new CallLog();
        calls.Answered("inventory", 200, TimeSpan.FromMilliseconds(1.5));
        calls.Failed("pricing", "TIMEOUT", TimeSpan.FromMilliseconds(30));

        Assert.Equal(", called inventory (200, 1.5 ms) pricing (TIMEOUT, 30.0 ms)", calls.ToString());
        Assert.Equal(
            """[{"handler":"inventory","status":200,"duration_ms":1.5},{"handler":"pricing","code":"TIMEOUT","duration_ms":30}]""", Json(calls));
    }

    [Fact]
    public void Names_that_scripts_make_up_are_escaped_and_cut()
    {
        var calls = new CallLog();
        calls.Failed("a\nb" + new string('c', 100), "MODULE_NOT_FOUND", TimeSpan.Zero);

        Assert.Equal($@", called a\x0Ab{new string('c', 61)}… (MODULE_NOT_FOUND, 0.0 ms)", calls.ToString());
    }

    [Fact]
    public void Many_calls_are_counted()
    {
        var calls = new CallLog();
        Parallel.For(0, 50, _ => calls.Answered("a", 200, TimeSpan.Zero));

        Assert.EndsWith(" and 30 more", calls.ToString(), StringComparison.Ordinal);
        Assert.Equal(20, JsonDocument.Parse(Json(calls)).RootElement.GetArrayLength());
    }

    private static string Json(CallLog calls)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            calls.WriteTo(json);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
