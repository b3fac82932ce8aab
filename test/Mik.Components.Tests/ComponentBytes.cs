using System.Text;

namespace Mik.Components.Tests;

/// <summary>Writes small components, one section per call, in the order of the calls.</summary>
internal sealed class ComponentBytes
{
    public const byte U8 = 0x7D, U32 = 0x79, String = 0x73;

    private readonly List<byte> _bytes = [0x00, 0x61, 0x73, 0x6D, 0x0D, 0x00, 0x01, 0x00];

    public static byte[] Leb(int value) => WasmModuleBuilder.Leb(value);

    public static byte[] Name(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return [.. Leb(utf8.Length), .. utf8];
    }

    public static byte[] ExternName(string name) => [0x00, .. Name(name)];

    public static byte[] Vector(params byte[][] entries) => [.. Leb(entries.Length), .. entries.SelectMany(static e => e)];

    /// <summary>A function type; parameter names and encoded types, and the encoded result.</summary>
    public static byte[] FuncType((string Name, byte[] Type)[] parameters, byte[]? result) =>
    [
        0x40,
        .. Vector([.. parameters.Select(static p => (byte[])[.. Name(p.Name), .. p.Type])]),
        .. result is null ? (byte[])[0x01, 0x00] : [0x00, .. result],
    ];

    public static byte[] InstanceType(params byte[][] declarations) => [0x42, .. Vector(declarations)];

    /// <summary>In an instance type: a type definition, and exports.</summary>
    public static byte[] DeclareType(byte[] type) => [0x01, .. type];

    public static byte[] DeclareFunc(string name, int type) => [0x04, .. ExternName(name), 0x01, .. Leb(type)];

    public static byte[] DeclareResource(string name) => [0x04, .. ExternName(name), 0x03, 0x01];

    public ComponentBytes Section(byte id, params byte[] content)
    {
        _bytes.Add(id);
        _bytes.AddRange(Leb(content.Length));
        _bytes.AddRange(content);
        return this;
    }

    public ComponentBytes CoreModule(byte[] module) => Section(1, module);

    /// <summary>Instantiates a core module with core instances by name.</summary>
    public ComponentBytes CoreInstantiate(int module, params (string Name, int Instance)[] arguments) => Section(
        2,
        Vector([0x00, .. Leb(module), .. Vector([.. arguments.Select(static a => (byte[])[.. Name(a.Name), 0x12, .. Leb(a.Instance)])])]));

    /// <summary>Bundles core functions.</summary>
    public ComponentBytes CoreInstance(params (string Name, int Func)[] exports) => Section(
        2, Vector([0x01, .. Vector([.. exports.Select(static e => (byte[])[.. Name(e.Name), 0x00, .. Leb(e.Func)])])]));

    public ComponentBytes Nested(ComponentBytes component) => Section(4, component.Build());

    public ComponentBytes Types(params byte[][] types) => Section(7, Vector(types));

    public ComponentBytes Import(string name, params byte[] externType) => Section(10, Vector([.. ExternName(name), .. externType]));

    public ComponentBytes Export(string name, params byte[] sortIndex) => Section(11, Vector([.. ExternName(name), .. sortIndex, 0x00]));

    /// <summary>Aliases an export of a core instance: 0 function, 2 memory.</summary>
    public ComponentBytes AliasCore(byte coreSort, int instance, string name) =>
        Section(6, Vector([0x00, coreSort, 0x01, .. Leb(instance), .. Name(name)]));

    /// <summary>Aliases an export of an instance: 1 function, 3 type.</summary>
    public ComponentBytes Alias(byte sort, int instance, string name) =>
        Section(6, Vector([sort, 0x00, .. Leb(instance), .. Name(name)]));

    public ComponentBytes Lift(int coreFunc, int type, params byte[][] options) =>
        Section(8, Vector([0x00, 0x00, .. Leb(coreFunc), .. Vector(options), .. Leb(type)]));

    public ComponentBytes Lower(int func, params byte[][] options) =>
        Section(8, Vector([0x01, 0x00, .. Leb(func), .. Vector(options)]));

    public byte[] Build() => [.. _bytes];
}
