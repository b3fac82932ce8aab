using System.Buffers;
using System.Text.Json;
using Mik.Scripting;
using Mik.Scripting.Bodies;
using Mik.Scripting.Execution;

namespace Mik.Testing.Execution;

/// <summary>A script's call on its way to a test's host, as <c>answerCall</c> in <c>JavaScript/testing.js</c> reads it.</summary>
internal static class MockedCall
{
    public static byte[] Describe(HandlerCall call, IncomingBody body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("handler", call.Handler);
        json.WriteStartObject("options");
        json.WriteString("method", call.Method);
        json.WriteString("path", call.Path);
        json.WriteStartArray("headers");
        foreach (var (name, value) in call.Headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        Envelopes.WriteBody(json, body);
        if (call.Timeout is { } timeout)
        {
            json.WriteNumber("timeoutMs", timeout.TotalMilliseconds);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
