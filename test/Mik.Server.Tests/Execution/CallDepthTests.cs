using Mik.Server.Execution;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class CallDepthTests
{
    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("3", 3)]
    [InlineData("-1", 0)]
    [InlineData("99999999999", 0)]
    [InlineData("1, 2", 0)]
    public void Is_a_number_or_nothing(string? header, int depth) => Assert.Equal(depth, CallDepth.Of(header));

    [Fact]
    public async Task A_handler_cannot_change_the_depth_of_what_it_sends()
    {
        var http = new RememberingHttp();
        var request = new OutgoingHttpRequest
        {
            Method = "GET",
            Uri = new Uri("http://shop.example/script/again"),
            Headers = [new("X-Mik-Call-Depth", "0"), new("accept", "*/*")],
        };

        await CallDepth.Mark(http, 2).SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal([new HttpField("accept", "*/*"), new HttpField("x-mik-call-depth", "2")], http.Sent!.Headers);
    }

    [Fact]
    public void What_no_script_led_to_is_not_marked()
    {
        var http = new RememberingHttp();

        Assert.Same(http, CallDepth.Mark(http, 0));
    }

    private sealed class RememberingHttp : IOutgoingHttp
    {
        public OutgoingHttpRequest? Sent { get; private set; }

        public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation)
        {
            Sent = request;
            return Task.FromResult<OutgoingHttpResponse>(null!);
        }
    }
}
