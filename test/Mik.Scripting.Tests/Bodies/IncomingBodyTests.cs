using System.Text;
using Mik.Scripting.Bodies;
using Xunit;

namespace Mik.Scripting.Tests.Bodies;

public sealed class IncomingBodyTests
{
    [Fact]
    public void Json_nested_too_deeply_is_refused()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Assert.Equal("Json", IncomingBody.OfRequest([new("content-type", "application/json")], Nested(1000)).Kind.ToString());
        Assert.Equal(
            ScriptFailure.InvalidRequestBody,
            Assert.Throws<ScriptException>(() => IncomingBody.OfRequest([new("content-type", "application/json")], Nested(1001))).Failure);
    }

    [Fact]
    public void Compressed_bodies_stay_bytes()
    {
        ScriptHeader[] headers = [new("content-type", "application/json"), new("Content-Encoding", "gzip")];

        Assert.Equal("Bytes", IncomingBody.OfRequest(headers, "{}"u8.ToArray()).Kind.ToString());
        Assert.Equal("Bytes", IncomingBody.OfAnswer(headers, "{}"u8.ToArray()).Kind.ToString());
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "é")]
    [InlineData("text/plain; charset=\"ISO-8859-1\"", "é")]
    [InlineData("text/plain; charset=utf-8", "\uFFFD")]
    [InlineData("text/plain; charset=nonsense", "\uFFFD")]
    public void Text_is_decoded_by_its_charset(string contentType, string expected)
    {
        var body = IncomingBody.OfAnswer([new("content-type", contentType)], new byte[] { 0xE9 });

        Assert.Equal(expected, Encoding.UTF8.GetString(body.Content.Span));
    }
}
