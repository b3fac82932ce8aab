using System.Text;

namespace Mik.TestKit;

/// <summary>Writes small core modules for tests, section by section in the binary format's order.</summary>
public sealed class WasmModuleBuilder
{
    /// <summary>Value types by their encodings.</summary>
    public const byte I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, FuncRef = 0x70, ExternRef = 0x6F;

    private readonly List<byte[]> _types = [];
    private readonly List<byte[]> _imports = [];
    private readonly List<byte[]> _functions = [];
    private readonly List<byte[]> _tables = [];
    private readonly List<byte[]> _memories = [];
    private readonly List<byte[]> _globals = [];
    private readonly List<byte[]> _exports = [];
    private readonly List<byte[]> _elements = [];
    private readonly List<byte[]> _bodies = [];
    private readonly List<byte[]> _data = [];
    private readonly List<(int Index, string Name)> _names = [];
    private int _importedFunctions;
    private int? _start;

    /// <summary>Adds a function type; returns its index.</summary>
    public int Type(byte[] parameters, byte[] results) =>
        Add(_types, [0x60, .. Leb(parameters.Length), .. parameters, .. Leb(results.Length), .. results]);

    /// <summary>Imports a function; returns its index. All imports come before the first definition.</summary>
    public int ImportFunction(string module, string name, int type)
    {
        Add(_imports, [.. Name(module), .. Name(name), 0x00, .. Leb(type)]);
        return _importedFunctions++;
    }

    /// <summary>Imports a memory.</summary>
    public void ImportMemory(string module, string name, int min, int? max = null) =>
        Add(_imports, [.. Name(module), .. Name(name), 0x02, .. Limits(min, max)]);

    /// <summary>Imports a table.</summary>
    public void ImportTable(string module, string name, byte elementType, int min, int? max = null) =>
        Add(_imports, [.. Name(module), .. Name(name), 0x01, elementType, .. Limits(min, max)]);

    /// <summary>Defines a function; <paramref name="code"/> lacks the final <c>end</c>. Returns its index.</summary>
    public int Function(int type, byte[] code, string? export = null, string? name = null, params byte[] locals)
    {
        byte[] declared = [.. locals.SelectMany(static l => new byte[] { 1, l })];
        byte[] body = [.. Leb(locals.Length), .. declared, .. code, 0x0B];
        Add(_bodies, [.. Leb(body.Length), .. body]);
        var index = _importedFunctions + Add(_functions, Leb(type));
        if (export is not null)
        {
            Export(export, 0x00, index);
        }

        if (name is not null)
        {
            _names.Add((index, name));
        }

        return index;
    }

    /// <summary>Defines a table.</summary>
    public void Table(byte elementType, int min, int? max = null, string? export = null)
    {
        var index = Add(_tables, [elementType, .. Limits(min, max)]);
        if (export is not null)
        {
            Export(export, 0x01, index);
        }
    }

    /// <summary>Defines a memory, in pages.</summary>
    public void Memory(int min, int? max = null, string? export = null)
    {
        var index = Add(_memories, Limits(min, max));
        if (export is not null)
        {
            Export(export, 0x02, index);
        }
    }

    /// <summary>Defines a global with a constant initializer (without <c>end</c>).</summary>
    public void Global(byte type, bool isMutable, byte[] initializer, string? export = null)
    {
        var index = Add(_globals, [type, (byte)(isMutable ? 1 : 0), .. initializer, 0x0B]);
        if (export is not null)
        {
            Export(export, 0x03, index);
        }
    }

    /// <summary>Exports something of the given kind (0 function, 1 table, 2 memory, 3 global).</summary>
    public void Export(string name, byte kind, int index) => Add(_exports, [.. Name(name), kind, .. Leb(index)]);

    /// <summary>Adds an active element segment of functions for table 0.</summary>
    public void Elements(int offset, params int[] functions) =>
        Add(_elements, [0x00, 0x41, .. SignedLeb(offset), 0x0B, .. Leb(functions.Length), .. functions.SelectMany(Leb)]);

    /// <summary>Adds an active data segment for memory 0.</summary>
    public void Data(int offset, params byte[] content) =>
        Add(_data, [0x00, 0x41, .. SignedLeb(offset), 0x0B, .. Leb(content.Length), .. content]);

    /// <summary>Names the start function.</summary>
    public void Start(int function) => _start = function;

    /// <summary>The module's bytes.</summary>
    public byte[] Build()
    {
        var bytes = new List<byte> { 0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00 };
        Section(bytes, 1, _types);
        Section(bytes, 2, _imports);
        Section(bytes, 3, _functions);
        Section(bytes, 4, _tables);
        Section(bytes, 5, _memories);
        Section(bytes, 6, _globals);
        Section(bytes, 7, _exports);
        if (_start is { } start)
        {
            byte[] content = Leb(start);
            bytes.AddRange([8, .. Leb(content.Length), .. content]);
        }

        Section(bytes, 9, _elements);
        Section(bytes, 10, _bodies);
        Section(bytes, 11, _data);
        WriteNames(bytes);
        return [.. bytes];
    }

    /// <summary>Unsigned LEB128.</summary>
    public static byte[] Leb(int value)
    {
        var bytes = new List<byte>();
        var rest = (uint)value;
        do
        {
            var part = (byte)(rest & 0x7F);
            rest >>= 7;
            bytes.Add(rest == 0 ? part : (byte)(part | 0x80));
        }
        while (rest != 0);
        return [.. bytes];
    }

    /// <summary>Signed LEB128.</summary>
    public static byte[] SignedLeb(long value)
    {
        var bytes = new List<byte>();
        while (true)
        {
            var part = (byte)(value & 0x7F);
            value >>= 7;
            if ((value == 0 && (part & 0x40) == 0) || (value == -1 && (part & 0x40) != 0))
            {
                bytes.Add(part);
                return [.. bytes];
            }

            bytes.Add((byte)(part | 0x80));
        }
    }

    private static byte[] Name(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return [.. Leb(utf8.Length), .. utf8];
    }

    private static byte[] Limits(int min, int? max) =>
        max is { } m ? [0x01, .. Leb(min), .. Leb(m)] : [0x00, .. Leb(min)];

    private static int Add(List<byte[]> entries, byte[] entry)
    {
        entries.Add(entry);
        return entries.Count - 1;
    }

    private static void Section(List<byte> bytes, byte id, List<byte[]> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        byte[] content = [.. Leb(entries.Count), .. entries.SelectMany(static e => e)];
        bytes.AddRange([id, .. Leb(content.Length), .. content]);
    }

    private void WriteNames(List<byte> bytes)
    {
        if (_names.Count == 0)
        {
            return;
        }

        byte[] map = [.. Leb(_names.Count), .. _names.SelectMany(n => (byte[])[.. Leb(n.Index), .. Name(n.Name)])];
        byte[] content = [.. Name("name"), 1, .. Leb(map.Length), .. map];
        bytes.AddRange([0, .. Leb(content.Length), .. content]);
    }
}
