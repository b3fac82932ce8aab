using Mik.Wasm.Caching;
using Xunit;

namespace Mik.Wasm.Tests.Caching;

public sealed class SealedFileTests : IDisposable
{
    private static readonly CodeKey Key = new(new string('a', 64));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-sealed-");

    private string Place => Path.Combine(_directory.FullName, "sealed");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((5 << 19) + 1)]
    public void What_was_sealed_is_intact(int length)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "code is kept on Linux only");
        Seal(length);

        Assert.True(SealedFile.IsIntact(Place, "code", Key));
        Assert.False(SealedFile.IsIntact(Place, "dll", Key));
        Assert.False(SealedFile.IsIntact(Place, "code", new CodeKey(new string('b', 64))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData(5 << 19)]
    public void A_changed_byte_anywhere_is_noticed(int position)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "code is kept on Linux only");
        Seal((5 << 19) + 1);
        using (var file = new FileStream(Place, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = position;
            var value = file.ReadByte();
            file.Position = position;
            file.WriteByte((byte)(value ^ 1));
        }

        Assert.False(SealedFile.IsIntact(Place, "code", Key));
    }

    private void Seal(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        var draft = Path.Combine(_directory.FullName, "draft");
        File.WriteAllBytes(draft, content);
        SealedFile.Publish(draft, Place, "code", Key);
    }
}
