using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Conformance.Tests.Components;

/// <summary>What Wasmtime's component scripts import; one per script, because its counters are the script's.</summary>
internal sealed class WasmtimeHost
{
    // (module (global (export "g") i32 (i32.const 100)) (func (export "f") (result i32) (i32.const 101)))
    private static readonly byte[] SimpleModule =
    [
        0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7F, 0x03, 0x02, 0x01, 0x00,
        0x06, 0x07, 0x01, 0x7F, 0x00, 0x41, 0xE4, 0x00, 0x0B, 0x07, 0x09, 0x02, 0x01, 0x66, 0x00, 0x00, 0x01, 0x67, 0x03, 0x00,
        0x0A, 0x07, 0x01, 0x05, 0x00, 0x41, 0xE5, 0x00, 0x0B,
    ];

    private readonly Module _simpleModule;
    private readonly HostResourceType _resource1;
    private uint _drops;
    private uint _lastDrop;

    public WasmtimeHost(Engine engine)
    {
        _simpleModule = engine.Compile(SimpleModule, "simple-module");
        _resource1 = new HostResourceType("resource1", rep =>
        {
            _drops++;
            _lastDrop = (uint)rep;
        });
    }

    /// <summary>The host's definitions, and of each named instance of the script the modules and resources it exports.</summary>
    public ComponentLinker LinkerWith(IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Item>>> instances)
    {
        var linker = new ComponentLinker();
        linker.Root.Func("host-return-two", ComponentFuncType.Of(WitType.U32), static (_, _) => ComponentValue.U32(2));
        DefineHost(linker.Interface("host"));
        foreach (var (name, exports) in instances)
        {
            var target = linker.Interface(name);
            foreach (var (export, item) in exports)
            {
                switch (item)
                {
                    case ModuleItem module:
                        target.CoreModule(export, module.Module);
                        break;
                    case TypeItem { Type: DefinedResourceType resource }:
                        target.Resource(export, resource.Type);
                        break;
                }
            }
        }

        return linker;
    }

    private void DefineHost(HostInterface host)
    {
        var own = WitType.Own(_resource1);
        var borrow = WitType.Borrow(_resource1);
        host.Func("return-three", ComponentFuncType.Of(WitType.U32), static (_, _) => ComponentValue.U32(3));
        host.Instance("nested").Func("return-four", ComponentFuncType.Of(WitType.U32), static (_, _) => ComponentValue.U32(4));
        host.CoreModule("simple-module", _simpleModule);
        host.Resource(_resource1);
        host.Resource(new HostResourceType("resource2"));
        host.Resource("resource1-again", _resource1);
        host.Func(
            "[constructor]resource1",
            ComponentFuncType.Of(own, new WitField("r", WitType.U32)),
            static (_, arguments) => ComponentValue.Resource(arguments[0].AsU32));
        host.Func(
            "[static]resource1.assert",
            ComponentFuncType.Of(null, new WitField("r", own), new WitField("rep", WitType.U32)),
            static (_, arguments) => RequireRepresentation(arguments));
        host.Func("[static]resource1.last-drop", ComponentFuncType.Of(WitType.U32), (_, _) => ComponentValue.U32(_lastDrop));
        host.Func("[static]resource1.drops", ComponentFuncType.Of(WitType.U32), (_, _) => ComponentValue.U32(_drops));
        host.Func(
            "[method]resource1.simple",
            ComponentFuncType.Of(null, new WitField("self", borrow), new WitField("rep", WitType.U32)),
            static (_, arguments) => RequireRepresentation(arguments));
        host.Func(
            "[method]resource1.take-borrow",
            ComponentFuncType.Of(null, new WitField("self", borrow), new WitField("b", borrow)),
            static (_, _) => default);
        host.Func(
            "[method]resource1.take-own",
            ComponentFuncType.Of(null, new WitField("self", borrow), new WitField("b", own)),
            static (_, _) => default);
        host.Func("return-hi", ComponentFuncType.Of(WitType.String), static (_, _) => ComponentValue.String("hi"));
    }

    private static ComponentValue RequireRepresentation(ReadOnlySpan<ComponentValue> arguments) =>
        (uint)arguments[0].Reference! == arguments[1].AsU32
            ? default
            : throw new InvalidOperationException($"the resource is {arguments[0].Reference}, not {arguments[1].AsU32}");
}
