using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mik.Scripting;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Execution;

/// <summary>Makes a handler's request of a script's call.</summary>
internal static class HandlerCallRequest
{
    // rfc: 3986#3.3 and 3.4, with the percent sign of escapes that are already there.
    private static readonly SearchValues<char> PathChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]");

    /// <summary>The request, which <paramref name="depth"/> scripts' calls led to; <see langword="null"/> when the script's method or headers cannot be sent.</summary>
    public static HandlerRequest? From(HandlerCall call, string requestId, TraceContext trace, int depth, Activity? span = null)
    {
        if (!HeaderRules.IsToken(call.Method))
        {
            return null;
        }

        var headers = new List<HttpField>(call.Headers.Count + 3);
        foreach (var (name, text) in call.Headers)
        {
            var value = HeaderRules.ToWire(text);
            if (!HeaderRules.IsToken(name) || !HeaderRules.IsValue(value))
            {
                return null;
            }

            if (!HeaderRules.IsOfConnection(name) && !IsReplaced(name))
            {
                headers.Add(new HttpField(name, value));
            }
        }

        if (call.HasBody)
        {
            headers.Add(new HttpField("content-length", call.Body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        headers.Add(new HttpField("x-request-id", requestId));
        trace.AddTo(headers);
        return new HandlerRequest
        {
            Method = call.Method,
            PathAndQuery = PathOf(call.Path),
            Authority = "localhost",
            Headers = headers,
            Body = call.HasBody ? StreamOf(call.Body) : Stream.Null,
            RequestId = requestId,
            CallDepth = depth,
            Trace = trace,
            Span = span,
        };
    }

    private static bool IsReplaced(string name) =>
        name.Equals("host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)
        || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path with a leading slash, and with everything escaped that cannot stand in one.</summary>
    private static string PathOf(string path)
    {
        if (path.StartsWith('/') && !path.AsSpan().ContainsAnyExcept(PathChars))
        {
            return path;
        }

        var escaped = new StringBuilder(path.Length + 16);
        if (!path.StartsWith('/'))
        {
            escaped.Append('/');
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsAscii && PathChars.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                escaped.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
