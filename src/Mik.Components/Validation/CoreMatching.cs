using Mik.Components.Types;

namespace Mik.Components.Validation;

/// <summary>Import matching of core entities and core modules.</summary>
// spec: valid-match
internal static class CoreMatching
{
    /// <summary>Why a module cannot stand for another, or <see langword="null"/>.</summary>
    public static string? Mismatch(CoreModuleType actual, CoreModuleType expected)
    {
        foreach (var (name, wanted) in actual.Imports)
        {
            if (!expected.Imports.TryGetValue(name, out var given))
            {
                return $"missing expected import `{name.Module}::{name.Name}`";
            }

            if (!given.Matches(wanted))
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

            if (!given.Matches(wanted))
            {
                return $"type mismatch in export `{name}`: expected {wanted}, found {given}";
            }
        }

        return null;
    }
}
