using System.Text;
using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Wasi.Filesystem;

/// <summary>The names in a directory, read as the guest asks for them. wit: wasi:filesystem/types#directory-entry-stream</summary>
internal sealed class DirectoryEntryStream(WasiContext context, OpenFile directory) : GuestResource(context)
{
    // One system call's worth; a few hundred names.
    private const int BufferBytes = 16 * 1024;

    // linux: getdents64, and struct linux_dirent64.
    private const int LengthAt = 16;
    private const int TypeAt = 18;
    private const int NameAt = 19;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public static HostResourceType Type { get; } = TypeOf("directory-entry-stream");

    // wit: wasi:filesystem/types#directory-entry-stream.read-directory-entry
    internal static ComponentValue ReadDirectoryEntry(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var error = arguments[0].AsResource<DirectoryEntryStream>().Next(out var entry);
        return error == 0 ? ComponentValue.Ok(entry) : ComponentValue.Error(ComponentValue.OfCase(Errno.CaseOf(error)));
    }

    protected override void OnDrop() => directory.Release();

    private int Next(out ComponentValue entry)
    {
        while (true)
        {
            entry = ComponentValue.None;
            if (_start == _end && Fill() is var error && (error != 0 || _end == 0))
            {
                return error;
            }

            var record = _buffer.AsSpan(_start, BitConverter.ToUInt16(_buffer, _start + LengthAt));
            _start += record.Length;
            var name = record[NameAt..];
            name = name[..name.IndexOf((byte)0)];
            if (name is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                continue;
            }

            try
            {
                var text = Strict.GetString(name);
                entry = ComponentValue.Some(ComponentValue.Values(ComponentValue.OfCase((int)TypeOfEntry(record[TypeAt], text)), ComponentValue.String(text)));
                return 0;
            }
            catch (DecoderFallbackException)
            {
                return Errno.IllegalBytes;
            }
        }
    }

    private int Fill()
    {
        if (_buffer.Length == 0)
        {
            Charge(BufferBytes);
            _buffer = new byte[BufferBytes];
        }

        _start = 0;
        var error = Posix.ReadEntries(directory.Handle, _buffer, out _end);
        return error;
    }

    // Some file systems do not tell.
    private FileType TypeOfEntry(byte type, string name)
    {
        var known = FileStat.TypeOf(type);
        return known == FileType.Unknown && Posix.StatAt(directory.Handle, name, out var stat) == 0 ? stat.Type : known;
    }
}
