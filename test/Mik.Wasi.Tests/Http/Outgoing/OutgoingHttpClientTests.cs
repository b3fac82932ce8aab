using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Mik.TestKit;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;

namespace Mik.Wasi.Tests.Http.Outgoing;

public sealed class OutgoingHttpClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 X\r\ncontent-length: 11\r\n\r\n12345678901")]
    [InlineData("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n12345678901")]
    public async Task A_response_larger_than_allowed_is_an_error(string response)
    {
        await using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, response));
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]) { MaxResponseBytes = 10 });

        var code = await FailureOfAsync(client, $"http://127.0.0.1:{server.Port}/");

        Assert.Equal(HttpErrorKind.HttpResponseBodySize, code.Kind);
    }

    [Fact]
    public async Task A_response_as_large_as_allowed_is_none()
    {
        await using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", "1234567890")));
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]) { MaxResponseBytes = 10 });

        using var response = await client.SendAsync(Get($"http://127.0.0.1:{server.Port}/"), Cancellation);

        using var reader = new StreamReader(response.Body);
        Assert.Equal("1234567890", await reader.ReadToEndAsync(Cancellation));
    }

    public static TheoryData<string, HttpErrorKind> BadResponses => new()
    {
        { "SSH-2.0-OpenSSH_9.6\r\n", HttpErrorKind.HttpProtocolError },
        { "HTTP/1.1 200 X\r\nbad header\r\n\r\n", HttpErrorKind.HttpProtocolError },
        { "HTTP/1.1 200 X\r\nx-a: 1\r\n", HttpErrorKind.HttpResponseIncomplete },
        { "", HttpErrorKind.HttpResponseIncomplete },
        { $"HTTP/1.1 200 X\r\nx-big: {new string('x', 70_000)}\r\n\r\n", HttpErrorKind.HttpResponseHeaderSectionSize },
        { "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n", HttpErrorKind.HttpProtocolError },
        { "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", HttpErrorKind.HttpResponseIncomplete },
    };

    [Theory]
    [MemberData(nameof(BadResponses))]
    public async Task What_is_wrong_with_a_response_has_its_code(string response, HttpErrorKind expected)
    {
        await using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, response));
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        Assert.Equal(expected, (await FailureOfAsync(client, $"http://127.0.0.1:{server.Port}/")).Kind);
    }

    [Fact]
    public async Task A_connection_that_is_reset_was_terminated()
    {
        await using var server = new LoopbackServer(static (_, stream) =>
        {
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
            return Task.CompletedTask;
        });
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        Assert.Equal(HttpErrorKind.ConnectionTerminated, (await FailureOfAsync(client, $"http://127.0.0.1:{server.Port}/")).Kind);
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        await using var server = new LoopbackPeer(async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
        });
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["localhost"]));

        Assert.Equal(HttpErrorKind.TlsCertificateError, (await FailureOfAsync(client, $"https://localhost:{server.Port}/")).Kind);
    }

    [Fact]
    public async Task What_does_not_speak_tls_breaks_its_protocol()
    {
        await using var server = new LoopbackPeer(static stream => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).AsTask());
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        Assert.Equal(HttpErrorKind.TlsProtocolError, (await FailureOfAsync(client, $"https://127.0.0.1:{server.Port}/")).Kind);
    }

    [Fact]
    public async Task The_other_side_s_alert_reaches_the_guest()
    {
        // A fatal handshake_failure. rfc: 8446#6
        await using var server = new LoopbackPeer(static stream => stream.WriteAsync((byte[])[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]).AsTask());
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        var code = await FailureOfAsync(client, $"https://127.0.0.1:{server.Port}/");

        Assert.Equal((HttpErrorKind.TlsAlertReceived, 40UL), (code.Kind, code.Number));
    }

    [Fact]
    public async Task A_name_that_is_not_found_in_time_times_out_as_such()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["slow.example"]), time, async (_, cancellation) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        });
        var failure = FailureOfAsync(client, Get("http://slow.example/") with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        await asked.Task;

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpErrorKind.DnsTimeout, (await failure).Kind);
    }

    [Fact]
    public async Task Connections_are_used_again()
    {
        var connections = 0;
        await using var server = new LoopbackPeer(async stream =>
        {
            Interlocked.Increment(ref connections);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer) > 0)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"u8.ToArray());
            }
        });
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["127.0.0.1"]));

        for (var i = 0; i < 5; i++)
        {
            using var response = await client.SendAsync(Get($"http://127.0.0.1:{server.Port}/{i}"), Cancellation);
            using var reader = new StreamReader(response.Body);
            Assert.Equal("ok", await reader.ReadToEndAsync(Cancellation));
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task A_name_that_moves_inside_after_it_was_looked_up_gains_nothing()
    {
        await using var server = new LoopbackServer(static (_, stream) => LoopbackServer.SendAsync(stream, LoopbackServer.Response(200, "", "")));
        var lookups = 0;
        using var client = new OutgoingHttpClient(new OutgoingPolicy(["*"]), TimeProvider.System, (_, _) =>
        {
            // What is judged is what is connected to: there is one look-up for both, and no second one to lie to.
            lookups++;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("::ffff:127.0.0.1"), IPAddress.Parse("169.254.169.254")]);
        });

        var code = await FailureOfAsync(client, $"http://rebind.example:{server.Port}/");

        Assert.Equal((HttpErrorKind.DestinationIpProhibited, 1), (code.Kind, lookups));
        Assert.Empty(server.Requests);
    }

    private static OutgoingHttpRequest Get(string uri) => new() { Method = "GET", Uri = new Uri(uri) };

    private static Task<HttpErrorCode> FailureOfAsync(OutgoingHttpClient client, string uri) => FailureOfAsync(client, Get(uri));

    // Of the request, or of its response's body, as a guest would learn of it.
    private static async Task<HttpErrorCode> FailureOfAsync(OutgoingHttpClient client, OutgoingHttpRequest request)
    {
        OutgoingHttpResponse response;
        try
        {
            response = await client.SendAsync(request, Cancellation);
        }
        catch (OutgoingHttpException failure)
        {
            return failure.Code;
        }

        using (response)
        {
            return response.Explain(await Assert.ThrowsAnyAsync<Exception>(() => response.Body.CopyToAsync(Stream.Null, Cancellation)));
        }
    }
}
