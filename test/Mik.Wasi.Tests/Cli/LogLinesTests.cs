using Mik.Wasi.Cli;

namespace Mik.Wasi.Tests.Cli;

public sealed class LogLinesTests
{
    private readonly RecordingLog _log = new();

    [Fact]
    public void Text_becomes_lines_however_it_is_cut_up()
    {
        var lines = new LogLines(_log, GuestOutput.Stderr, 1000);
        lines.Write("on"u8);
        lines.Write("e\r\ntwo\n\nthr"u8);
        lines.Write("ee"u8);
        lines.Flush();
        lines.Flush();

        Assert.Equal(["Stderr: one", "Stderr: two", "Stderr: ", "Stderr: three"], _log.Lines);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, @"a\xffb")]
    [InlineData(new byte[] { 0xC3, 0xA4, 0x09 }, "ä\t")]
    [InlineData(new byte[] { 0x1B, 0x5B, 0x31, 0x6D }, @"\x1b[1m")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, "\U0001F600")]
    [InlineData(new byte[] { 0xC2, 0x85 }, @"\xc2\x85")]
    [InlineData(new byte[] { 0xE2, 0x80, 0xA8 }, @"\xe2\x80\xa8")]
    [InlineData(new byte[] { 0xE2, 0x80, 0xAE, 0x61 }, @"\xe2\x80\xaea")]
    [InlineData(new byte[] { 0xE2, 0x80 }, @"\xe2\x80")]
    public void What_could_confuse_a_log_is_escaped(byte[] bytes, string expected) => Assert.Equal(expected, LogLines.Escape(bytes));

    [Fact]
    public void Long_lines_are_cut_short()
    {
        var lines = new LogLines(_log, GuestOutput.Stdout, 100_000);
        lines.Write(Encoding.ASCII.GetBytes(new string('x', 9000) + "\nshort\n"));

        Assert.Equal(["Stdout: " + new string('x', 8192) + " […808 bytes more]", "Stdout: short"], _log.Lines);
    }

    [Fact]
    public void A_talkative_guest_is_told_off_once()
    {
        var lines = new LogLines(_log, GuestOutput.Stdout, 10);
        lines.Write("12345\n1234\nx\ny\n"u8);

        Assert.Equal(
            ["Stdout: 12345", "Stdout: [the rest of this instance's Stdout is discarded: more than 10 characters]"],
            _log.Lines);
    }
}
