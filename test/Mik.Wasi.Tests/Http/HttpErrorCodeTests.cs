using Mik.Wasi.Http;

namespace Mik.Wasi.Tests.Http;

public sealed class HttpErrorCodeTests
{
    public static TheoryData<HttpErrorKind> Kinds => [.. Enum.GetValues<HttpErrorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_case_survives_the_way_to_the_guest_and_back(HttpErrorKind kind)
    {
        foreach (var code in new HttpErrorCode[] { new(kind), new(kind, "x", 7) })
        {
            var value = code.ToValue();
            ValueShape.Check(HttpErrorCode.Type, value, kind.ToString());
            var back = HttpErrorCode.FromValue(value);
            Assert.Equal(kind, back.Kind);
            Assert.Contains(back.Detail, new[] { null, code.Detail });
            Assert.Contains(back.Number, new ulong?[] { null, code.Number });
        }
    }

    [Fact]
    public void Discriminants_are_the_published_ones()
    {
        Assert.Equal(6, new HttpErrorCode(HttpErrorKind.ConnectionRefused).ToValue().Case);
        Assert.Equal(15, new HttpErrorCode(HttpErrorKind.HttpRequestDenied).ToValue().Case);
        Assert.Equal(38, HttpErrorCode.Internal("x").ToValue().Case);
        Assert.Equal("internal-error (x)", HttpErrorCode.Internal("x").ToString());
        Assert.Equal("HTTP-response-body-size (3)", new HttpErrorCode(HttpErrorKind.HttpResponseBodySize, null, 3).ToString());
    }
}
