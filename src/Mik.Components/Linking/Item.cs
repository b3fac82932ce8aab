using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>Something at component level whose identity is known before instantiation.</summary>
internal abstract record Item;

/// <summary>A function: of the host, or lifted by a component instance.</summary>
internal sealed record FuncItem(ComponentFuncType Type, HostFunction? Host, LiftedFunc? Lifted) : Item;

/// <summary>A type; <see langword="null"/> for the types of components and instances, which nothing needs any more.</summary>
internal sealed record TypeItem(DefinedType? Type) : Item;

internal sealed record InstanceItem(IReadOnlyDictionary<string, Item> Exports) : Item;

/// <summary>A component together with where it was defined, whose components, modules and types it may use.</summary>
internal sealed record ComponentItem(ComponentDefinition Definition, TranslationScope? Outer) : Item;

internal sealed record ModuleItem(Module Module) : Item;

/// <summary>A core instance: one that will be instantiated, or a bundle of things that exist.</summary>
/// <param name="Slot">The core instance; negative for a bundle.</param>
/// <param name="Exports">For a bundle, slot of each export.</param>
internal sealed record CoreInstanceItem(int Slot, IReadOnlyDictionary<string, int>? Exports);
