using Microsoft.AspNetCore.Http;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(10, null)]
    [InlineData(11, "BodyTooLarge")]
    public async Task What_arrives_is_counted(int length, string? kind)
    {
        await using var body = new RequestBody(new MemoryStream(new byte[length]), maxBytes: 10);

        var failure = await Record.ExceptionAsync(() => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.Equal(kind, (failure as FaultException)?.Fault.Kind.ToString());
        Assert.Equal(kind is not null, body.Failed.IsCancellationRequested);
    }

    [Theory]
    [InlineData(400, "RequestMalformed")]
    [InlineData(408, "BodyTooSlow")]
    [InlineData(413, "BodyTooLarge")]
    public async Task What_the_web_server_says_of_the_client_is_passed_on(int status, string kind)
    {
        await using var body = new RequestBody(new FailingStream(new BadHttpRequestException("", status)), maxBytes: 10);

        var failure = await Assert.ThrowsAsync<FaultException>(
            () => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.Equal(kind, failure.Fault.Kind.ToString());
        Assert.Same(failure.Fault, body.Fault);
    }

    [Fact]
    public async Task A_lost_connection_is_a_client_that_left()
    {
        await using var body = new RequestBody(new FailingStream(new IOException()), maxBytes: 10);

        await Assert.ThrowsAsync<FaultException>(() => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.Equal(FaultKind.ClientGone, body.Fault?.Kind);
    }

    private sealed class FailingStream(Exception failure) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(failure);
    }
}
