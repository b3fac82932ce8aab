using Microsoft.AspNetCore.Http;
using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class FileConditionsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly StaticFile _file;

    public FileConditionsTests()
    {
        File.WriteAllText(_path, "0123456789");
        File.SetLastWriteTimeUtc(_path, new DateTime(2026, 3, 1, 12, 0, 0, 500, DateTimeKind.Utc));
        _file = StaticFile.Open(_path);
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData("If-None-Match", "{tag}", "NotModified")]
    [InlineData("If-None-Match", "W/{tag}", "NotModified")]
    [InlineData("If-None-Match", "\"other\", {tag}", "NotModified")]
    [InlineData("If-None-Match", "*", "NotModified")]
    [InlineData("If-None-Match", "\"other\"", "Whole")]
    [InlineData("If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT", "NotModified")]
    [InlineData("If-Modified-Since", "Sun, 01 Mar 2026 11:59:59 GMT", "Whole")]
    [InlineData("If-Modified-Since", "yesterday", "Whole")]
    [InlineData("If-Match", "{tag}", "Whole")]
    [InlineData("If-Match", "*", "Whole")]
    [InlineData("If-Match", "W/{tag}", "PreconditionFailed")]
    [InlineData("If-Match", "\"other\"", "PreconditionFailed")]
    [InlineData("If-Unmodified-Since", "Sun, 01 Mar 2026 12:00:00 GMT", "Whole")]
    [InlineData("If-Unmodified-Since", "Sun, 01 Mar 2026 11:00:00 GMT", "PreconditionFailed")]
    public void Conditions_are_those_of_the_specification(string name, string value, string answer)
    {
        Assert.Equal(answer, Of((name, value)).Answer.ToString());
    }

    [Fact]
    public void Tags_go_before_times()
    {
        Assert.Equal(FileAnswer.Whole, Of(("If-None-Match", "\"other\""), ("If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT")).Answer);
        Assert.Equal(FileAnswer.Whole, Of(("If-Match", "{tag}"), ("If-Unmodified-Since", "Sun, 01 Mar 2026 11:00:00 GMT")).Answer);
    }

    [Theory]
    [InlineData("bytes=0-3", "Part", 0, 4)]
    [InlineData("bytes=4-", "Part", 4, 6)]
    [InlineData("bytes=-3", "Part", 7, 3)]
    [InlineData("bytes=-30", "Part", 0, 10)]
    [InlineData("bytes=8-30", "Part", 8, 2)]
    [InlineData("bytes=9-9", "Part", 9, 1)]
    [InlineData("BYTES=0-0", "Part", 0, 1)]
    [InlineData("bytes=10-", "RangeNotSatisfiable", 0, 0)]
    [InlineData("bytes=-0", "RangeNotSatisfiable", 0, 0)]
    [InlineData("bytes=3-1", "Whole", 0, 10)]
    [InlineData("bytes=0-1,3-4", "Whole", 0, 10)]
    [InlineData("bytes=99999999999999999999-", "Whole", 0, 10)]
    [InlineData("lines=0-3", "Whole", 0, 10)]
    [InlineData("nonsense", "Whole", 0, 10)]
    public void One_range_of_bytes_selects_a_part(string range, string answer, long offset, long length)
    {
        var conditions = Of(("Range", range));

        Assert.Equal(answer, conditions.Answer.ToString());
        Assert.Equal((offset, length), (conditions.Offset, conditions.Length));
    }

    [Theory]
    [InlineData("{tag}", "Part")]
    [InlineData("W/{tag}", "Whole")]
    [InlineData("\"other\"", "Whole")]
    [InlineData("Sun, 01 Mar 2026 12:00:00 GMT", "Part")]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", "Whole")]
    public void A_part_of_another_version_is_not_sent(string ifRange, string answer)
    {
        Assert.Equal(answer, Of(("Range", "bytes=0-3"), ("If-Range", ifRange)).Answer.ToString());
    }

    [Fact]
    public void A_range_means_nothing_to_head()
    {
        Assert.Equal(FileAnswer.Whole, Of(HttpMethods.Head, ("Range", "bytes=0-3")).Answer);
    }

    private FileConditions Of(params (string Name, string Value)[] headers) => Of(HttpMethods.Get, headers);

    private FileConditions Of(string method, params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value.Replace("{tag}", _file.Tag.ToString(), StringComparison.Ordinal);
        }

        return FileConditions.Of(request, _file);
    }
}
