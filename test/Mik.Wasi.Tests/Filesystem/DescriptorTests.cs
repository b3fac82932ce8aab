using System.Diagnostics;
using Mik.Components.Runtime;
using static Mik.Wasi.Tests.Filesystem.MountedDirectory;

namespace Mik.Wasi.Tests.Filesystem;

public sealed class DescriptorTests
{
    private const int Create = 0;
    private const int DirectoryOnly = 1;
    private const int Exclusive = 2;
    private const int TruncateFirst = 3;

    private static readonly ComponentValue NoChange = ComponentValue.OfCase(0);

    [Fact]
    public void Files_are_read_and_written_where_the_guest_says()
    {
        using var mounted = new MountedDirectory();
        var file = Guest.Ok(mounted.Open("new", write: true));

        Assert.Equal(5UL, Guest.Ok(mounted.Call("write", file, Guest.Bytes("hello"), ComponentValue.U64(0))).AsU64);
        Assert.Equal(3UL, Guest.Ok(mounted.Call("write", file, Guest.Bytes("end"), ComponentValue.U64(7))).AsU64);

        Assert.Equal("hello\0\0end", mounted.ReadAll(file));
        var atEnd = Guest.Ok(mounted.Call("read", file, ComponentValue.U64(10), ComponentValue.U64(10))).AsValues;
        Assert.Equal((0, true), (atEnd[0].AsBytes.Length, atEnd[1].AsBool));
        var short_ = Guest.Ok(mounted.Call("read", file, ComponentValue.U64(2), ComponentValue.U64(1))).AsValues;
        Assert.Equal(("el", false), (Guest.TextOf(short_[0]), short_[1].AsBool));
        Assert.Equal("ok", Outcome(mounted.Call("set-size", file, ComponentValue.U64(4))));
        Assert.Equal("ok", Outcome(mounted.Call("sync", file)));
        Assert.Equal("ok", Outcome(mounted.Call("sync-data", file)));
        Assert.Equal("ok", Outcome(mounted.Call("advise", file, ComponentValue.U64(0), ComponentValue.U64(10), ComponentValue.OfCase(5))));
        Assert.Equal("hell", File.ReadAllText(Path.Combine(mounted.Inside, "new")));
        Assert.Equal("file-too-large", Outcome(mounted.Call("write", file, Guest.Bytes("x"), ComponentValue.U64(ulong.MaxValue))));
        Assert.Equal("invalid", Outcome(mounted.Call("read", file, ComponentValue.U64(1), ComponentValue.U64(ulong.MaxValue))));
    }

    [Fact]
    public void Streams_read_and_write_and_append_beside_each_other()
    {
        using var mounted = new MountedDirectory();
        mounted.Write("log", "first ");
        var file = Guest.Ok(mounted.Open("log", write: true, how: []));
        var append = Guest.Ok(mounted.Call("append-via-stream", file));
        var overwrite = Guest.Ok(mounted.Call("write-via-stream", file, ComponentValue.U64(0)));
        var read = Guest.Ok(mounted.Call("read-via-stream", file, ComponentValue.U64(1)));

        Guest.Ok(mounted.Guest.Stream("[method]output-stream.blocking-write-and-flush", append, Guest.Bytes("second")));
        Guest.Ok(mounted.Guest.Stream("[method]output-stream.write", overwrite, Guest.Bytes("FI")));
        Guest.Ok(mounted.Guest.Stream("[method]output-stream.blocking-flush", overwrite));
        Guest.Drop(file);

        Assert.Equal("Irst second", Guest.TextOf(Guest.Ok(mounted.Guest.Stream("[method]input-stream.blocking-read", read, ComponentValue.U64(100)))));
        var end = mounted.Guest.Stream("[method]input-stream.read", read, ComponentValue.U64(1));
        Assert.Equal((1, 1), (end.Case, end.Payload.Case));
        Assert.Equal("FIrst second", File.ReadAllText(Path.Combine(mounted.Inside, "log")));
    }

    [Fact]
    public void A_file_splices_into_another()
    {
        using var mounted = new MountedDirectory();
        var text = new string('x', 300_000);
        mounted.Write("from", text);
        var from = Guest.Ok(mounted.Call("read-via-stream", Guest.Ok(mounted.Open("from")), ComponentValue.U64(0)));
        var to = Guest.Ok(mounted.Call("write-via-stream", Guest.Ok(mounted.Open("to", write: true)), ComponentValue.U64(0)));

        while (mounted.Guest.Stream("[method]output-stream.blocking-splice", to, from, ComponentValue.U64(1 << 20)).Case == 0)
        {
        }

        Assert.Equal(text, File.ReadAllText(Path.Combine(mounted.Inside, "to")));
    }

    [Fact]
    public void A_failed_stream_tells_its_error_code()
    {
        using var mounted = new MountedDirectory();
        var file = Guest.Ok(mounted.Open("new", write: true));
        var stream = Guest.Ok(mounted.Call("write-via-stream", file, ComponentValue.U64(long.MaxValue)));

        var failed = mounted.Guest.Stream("[method]output-stream.blocking-write-and-flush", stream, Guest.Bytes("x"));

        var error = failed.Payload.Payload;
        var code = Guest.Some(mounted.Guest.Call("wasi:filesystem/types#filesystem-error-code", error));
        Assert.Contains(Mik.Wasi.Filesystem.Errno.Names[code.Case], (string[])["file-too-large", "invalid"]);
        Assert.Equal(1, mounted.Guest.Stream("[method]output-stream.check-write", stream).Payload.Case);
        Assert.False(mounted.Guest.Http("http-error-code", error).IsSome);
    }

    [Theory]
    [InlineData("file", new[] { Create }, "ok")]
    [InlineData("file", new[] { Create, Exclusive }, "exist")]
    [InlineData("link", new[] { Create, Exclusive }, "exist")]
    [InlineData("new", new[] { Create, Exclusive }, "ok")]
    [InlineData("new", new int[0], "no-entry")]
    [InlineData("file", new[] { DirectoryOnly }, "not-directory")]
    [InlineData("directory", new int[0], "is-directory")]
    [InlineData("file", new[] { TruncateFirst }, "ok")]
    public void Opening_obeys_its_flags(string path, int[] how, string outcome)
    {
        using var mounted = new MountedDirectory();
        mounted.Write("file", "text");
        mounted.Write("directory/x", "");
        mounted.Link("link", "file");

        Assert.Equal(outcome, Outcome(mounted.Open(path, write: true, how: how)));
        Assert.Equal(how.Contains(TruncateFirst) ? "" : "text", File.ReadAllText(Path.Combine(mounted.Inside, "file")));
    }

    [Fact]
    public void What_is_opened_for_reading_is_not_written()
    {
        using var mounted = new MountedDirectory();
        mounted.Write("file", "text");
        var file = Guest.Ok(mounted.Open("file"));

        Assert.Equal(1UL, Guest.Ok(mounted.Call("get-flags", file)).Bits);
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("write", file, Guest.Bytes("x"), ComponentValue.U64(0))));
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("write-via-stream", file, ComponentValue.U64(0))));
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("append-via-stream", file)));
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("set-size", file, ComponentValue.U64(0))));
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("set-times", file, NoChange, NoChange)));
        Assert.Equal("bad-descriptor", Outcome(mounted.Call("read", mounted.Root, ComponentValue.U64(1), ComponentValue.U64(0))));
        Assert.Equal("not-directory", Outcome(mounted.Call("read-directory", file)));
        Assert.Equal("not-directory", Outcome(mounted.Open("x", directory: file)));
        Assert.Equal("not-directory", Outcome(mounted.Call("create-directory-at", file, Guest.Text("x"))));
    }

    [Fact]
    public void A_mount_for_reading_is_never_changed()
    {
        using var mounted = new MountedDirectory(isWritable: false);
        mounted.Write("sub/file", "text");
        var sub = Guest.Ok(mounted.Open("sub"));

        foreach (var directory in new[] { mounted.Root, sub })
        {
            Assert.Equal(1UL, Guest.Ok(mounted.Call("get-flags", directory)).Bits);
            Assert.Equal("read-only", Outcome(mounted.Open("new", write: true, directory: directory)));
            Assert.Equal("read-only", Outcome(mounted.Open("file", write: true, how: [], directory: directory)));
            Assert.Equal("read-only", Outcome(mounted.Open("file", how: [TruncateFirst], directory: directory)));
            Assert.Equal("read-only", Outcome(mounted.Open("file", how: [Create], directory: directory)));
            Assert.Equal("read-only", Outcome(mounted.Call("create-directory-at", directory, Guest.Text("new"))));
            Assert.Equal("read-only", Outcome(mounted.Call("remove-directory-at", directory, Guest.Text("sub"))));
            Assert.Equal("read-only", Outcome(mounted.Call("unlink-file-at", directory, Guest.Text("file"))));
            Assert.Equal("read-only", Outcome(mounted.Call("symlink-at", directory, Guest.Text("file"), Guest.Text("new"))));
            Assert.Equal("read-only", Outcome(mounted.Call("link-at", directory, Flags(), Guest.Text("file"), directory, Guest.Text("new"))));
            Assert.Equal("read-only", Outcome(mounted.Call("rename-at", directory, Guest.Text("file"), directory, Guest.Text("new"))));
            Assert.Equal("read-only", Outcome(mounted.Call("set-times-at", directory, Flags(), Guest.Text("file"), NoChange, NoChange)));
            Assert.Equal("read-only", Outcome(mounted.Call("set-times", directory, NoChange, NoChange)));
        }

        Assert.Equal("text", mounted.ReadAll(Guest.Ok(mounted.Open("sub/file"))));
    }

    [Fact]
    public void Names_come_and_go()
    {
        using var mounted = new MountedDirectory();
        var root = mounted.Root;
        mounted.Write("file", "text");

        Assert.Equal("ok", Outcome(mounted.Call("create-directory-at", root, Guest.Text("d"))));
        Assert.Equal("exist", Outcome(mounted.Call("create-directory-at", root, Guest.Text("d"))));
        Assert.Equal("ok", Outcome(mounted.Call("rename-at", root, Guest.Text("file"), Guest.Ok(mounted.Open("d")), Guest.Text("moved"))));
        Assert.Equal("ok", Outcome(mounted.Call("link-at", root, Flags(), Guest.Text("d/moved"), root, Guest.Text("hard"))));
        Assert.Equal("ok", Outcome(mounted.Call("symlink-at", root, Guest.Text("d/moved"), Guest.Text("soft"))));
        Assert.Equal("not-permitted", Outcome(mounted.Call("symlink-at", root, Guest.Text("/etc/passwd"), Guest.Text("bad"))));
        Assert.Equal("d/moved", Guest.Ok(mounted.Call("readlink-at", root, Guest.Text("soft"))).AsString);
        Assert.Equal("invalid", Outcome(mounted.Call("readlink-at", root, Guest.Text("hard"))));
        Assert.Equal("text", mounted.ReadAll(Guest.Ok(mounted.Open("soft"))));
        Assert.Equal("not-empty", Outcome(mounted.Call("remove-directory-at", root, Guest.Text("d"))));
        Assert.Equal("is-directory", Outcome(mounted.Call("unlink-file-at", root, Guest.Text("d"))));
        Assert.Equal("not-directory", Outcome(mounted.Call("remove-directory-at", root, Guest.Text("hard"))));
        Assert.Equal("not-directory", Outcome(mounted.Call("unlink-file-at", root, Guest.Text("hard/"))));
        Assert.Equal("ok", Outcome(mounted.Call("unlink-file-at", root, Guest.Text("soft"))));
        Assert.Equal("ok", Outcome(mounted.Call("unlink-file-at", root, Guest.Text("d/moved"))));
        Assert.Equal("ok", Outcome(mounted.Call("remove-directory-at", root, Guest.Text("d/"))));
        Assert.Equal(["hard"], Directory.GetFileSystemEntries(mounted.Inside).Select(Path.GetFileName));
    }

    [Fact]
    public void A_link_that_leads_out_is_shown_but_not_told()
    {
        using var mounted = new MountedDirectory();
        mounted.Link("absolute", "/etc/passwd");

        Assert.Equal("not-permitted", Outcome(mounted.Call("readlink-at", mounted.Root, Guest.Text("absolute"))));
        Assert.Equal(5, Guest.Ok(mounted.Call("stat-at", mounted.Root, Flags(), Guest.Text("absolute"))).AsValues[0].Case);
    }

    [Fact]
    public void Metadata_is_told_and_set()
    {
        using var mounted = new MountedDirectory();
        mounted.Write("file", "12345");
        mounted.Link("link", "file");
        var file = Guest.Ok(mounted.Open("file", write: true, how: []));
        var time = ComponentValue.OfCase(2, ComponentValue.Values(ComponentValue.U64(1_000_000_000), ComponentValue.U32(123_456_789)));
        var noTime = ComponentValue.OfCase(2, ComponentValue.Values(ComponentValue.U64(1), ComponentValue.U32(1_000_000_000)));
        var before = Guest.Ok(mounted.Call("metadata-hash", file)).AsValues.ToArray().Select(value => value.AsU64).ToArray();

        Assert.Equal("ok", Outcome(mounted.Call("set-times", file, NoChange, time)));
        Assert.Equal("ok", Outcome(mounted.Call("set-times-at", mounted.Root, Flags(0), Guest.Text("link"), time, ComponentValue.OfCase(1))));
        Assert.Equal("invalid", Outcome(mounted.Call("set-times", file, noTime, NoChange)));

        var stat = Guest.Ok(mounted.Call("stat", file)).AsValues;
        Assert.Equal((6, 1UL, 5UL), (stat[0].Case, stat[1].AsU64, stat[2].AsU64));
        Assert.Equal((1_000_000_000UL, 123_456_789U), (Guest.Some(stat[3]).AsValues[0].AsU64, Guest.Some(stat[3]).AsValues[1].AsU32));
        Assert.NotEqual(1_000_000_000UL, Guest.Some(stat[4]).AsValues[0].AsU64);
        Assert.Equal(6, Guest.Ok(mounted.Call("get-type", file)).Case);
        Assert.Equal(3, Guest.Ok(mounted.Call("get-type", mounted.Root)).Case);
        Assert.Equal(5, Guest.Ok(mounted.Call("stat-at", mounted.Root, Flags(), Guest.Text("link"))).AsValues[0].Case);
        Assert.NotEqual(before, Guest.Ok(mounted.Call("metadata-hash-at", mounted.Root, Flags(0), Guest.Text("link"))).AsValues.ToArray().Select(value => value.AsU64));
        Assert.True(mounted.Call("is-same-object", file, Guest.Ok(mounted.Open("link"))).AsBool);
        Assert.False(mounted.Call("is-same-object", file, mounted.Root).AsBool);
    }

    [Fact]
    public void Directories_list_what_is_in_them()
    {
        using var mounted = new MountedDirectory();
        var expected = Enumerable.Range(0, 1000).Select(i => $"file-{i}").Append("sub").Append("ünï").Append("link").Order(StringComparer.Ordinal).ToList();
        foreach (var name in expected)
        {
            _ = name switch
            {
                "sub" => Directory.CreateDirectory(Path.Combine(mounted.Inside, name)).FullName,
                "link" => File.CreateSymbolicLink(Path.Combine(mounted.Inside, name), "nowhere").FullName,
                _ => mounted.Write(name, ""),
            };
        }

        var entries = Guest.Ok(mounted.Call("read-directory", mounted.Root));
        var again = Guest.Ok(mounted.Call("read-directory", mounted.Root));
        var found = new Dictionary<string, int>();
        while (Guest.Ok(mounted.Guest.Call("wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry", entries)) is { IsSome: true } entry)
        {
            found.Add(entry.Payload.AsValues[1].AsString, entry.Payload.AsValues[0].Case);
        }

        Assert.Equal(expected, found.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((3, 5, 6), (found["sub"], found["link"], found["file-0"]));
        Assert.True(Guest.Ok(mounted.Guest.Call("wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry", again)).IsSome);
    }

    [Fact]
    public void Pipes_neither_open_nor_hold_up_the_guest()
    {
        using var mounted = new MountedDirectory();
        using var make = Process.Start("mkfifo", [Path.Combine(mounted.Inside, "pipe")]);
        make.WaitForExit();

        Assert.Equal("unsupported", Outcome(mounted.Open("pipe")));
        Assert.Equal("no-such-device", Outcome(mounted.Call(
            "open-at", mounted.Root, Flags(), Guest.Text("pipe"), Flags(), Flags(1))));
        Assert.Equal(4, Guest.Ok(mounted.Call("stat-at", mounted.Root, Flags(), Guest.Text("pipe"))).AsValues[0].Case);
    }

    [Fact]
    public void Open_files_are_limited_and_closed_with_the_instance()
    {
        using var mounted = new MountedDirectory(limits: new WasiLimits { MaxOpenFiles = 10 });
        mounted.Write("file", "text");
        var files = new List<ComponentValue>();
        while (mounted.Open("file") is { Case: 0 } opened)
        {
            files.Add(opened.Payload);
        }

        // One is the mount itself.
        Assert.Equal(9, files.Count);
        Assert.Equal("insufficient-memory", Outcome(mounted.Open("file")));
        Guest.Drop(files[0]);
        Assert.Equal("ok", Outcome(mounted.Open("file")));
        var stream = Guest.Ok(mounted.Call("read-via-stream", files[1], ComponentValue.U64(0)));
        Guest.Drop(files[1]);
        Assert.Equal("insufficient-memory", Outcome(mounted.Open("file")));
        Guest.Drop(stream);
        Assert.Equal("ok", Outcome(mounted.Open("file")));
    }
}
