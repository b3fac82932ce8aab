using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

/// <summary>Import matching of core entities and core modules.</summary>
// spec: valid-match
internal static class CoreMatching
{
    public static bool Matches(ExternType actual, ExternType required) => (actual, required) switch
    {
        (FuncExternType a, FuncExternType r) => a.Type.Equals(r.Type),
        (TableType a, TableType r) => a.Element == r.Element && a.Limits.Matches(r.Limits),
        (MemoryType a, MemoryType r) => a.Limits.Matches(r.Limits),
        (GlobalType a, GlobalType r) => a == r,
        _ => false,
    };

    /// <summary>Why a module cannot stand for another, or <see langword="null"/>.</summary>
    public static string? Mismatch(CoreModuleType actual, CoreModuleType expected)
    {
        foreach (var (name, wanted) in actual.Imports)
        {
            if (!expected.Imports.TryGetValue(name, out var given))
            {
                return $"missing expected import `{name.Module}::{name.Name}`";
            }

            if (!Matches(given, wanted))
            {
                return $"type mismatch in import `{name.Module}::{name.Name}`: expected {given}, found {wanted}";
            }
        }

        foreach (var (name, wanted) in expected.Exports)
        {
            if (!actual.Exports.TryGetValue(name, out var given))
            {
                return $"missing expected export `{name}`";
            }

            if (!Matches(given, wanted))
            {
                return $"type mismatch in export `{name}`: expected {wanted}, found {given}";
            }
        }

        return null;
    }
}
