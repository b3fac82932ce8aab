using Microsoft.Extensions.Logging.Abstractions;
using Mik.Server.Configuration;
using Mik.Server.Tracing;
using Xunit;

namespace Mik.Server.Tests.Tracing;

public sealed class TraceExportTests
{
    [Theory]
    [InlineData("http://localhost:4317", null, "http://localhost:4317/", "Grpc")]
    [InlineData("http://localhost:4318", null, "http://localhost:4318/v1/traces", "HttpProtobuf")]
    [InlineData("http://localhost:4318/", null, "http://localhost:4318/v1/traces", "HttpProtobuf")]
    [InlineData("https://otlp.example.com/otlp", null, "https://otlp.example.com/otlp/v1/traces", "HttpProtobuf")]
    [InlineData("https://otlp.example.com/v1/traces", null, "https://otlp.example.com/v1/traces", "HttpProtobuf")]
    [InlineData("http://collector:9000", "http/protobuf", "http://collector:9000/v1/traces", "HttpProtobuf")]
    [InlineData("http://collector:4318", "grpc", "http://collector:4318/", "Grpc")]
    public void The_address_is_a_collector_s_or_one_for_traces(string endpoint, string? protocol, string expected, string how)
    {
        var destination = TraceExport.Destination(new TracingConfig { OtlpEndpoint = endpoint, OtlpProtocol = protocol });

        Assert.Equal((expected, how), (destination.Endpoint.AbsoluteUri, destination.Protocol.ToString()));
    }

    [Fact]
    public void Without_an_address_or_when_turned_off_nothing_is_sent()
    {
        Assert.Null(TraceExport.Start(new TracingConfig(), TimeProvider.System, NullLogger.Instance));
        Assert.Null(TraceExport.Start(
            new TracingConfig { OtlpEndpoint = "http://localhost:4317", Enabled = false }, TimeProvider.System, NullLogger.Instance));
    }
}
