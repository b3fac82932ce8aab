using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

/// <summary>Types of compiled core modules.</summary>
internal static class CoreModuleTypes
{
    /// <exception cref="ModuleValidationException">An import occurs twice, which components cannot satisfy separately.</exception>
    public static CoreModuleType Of(Module module, int offset)
    {
        var imports = new Dictionary<(string Module, string Name), ExternType>();
        foreach (var import in module.Imports)
        {
            if (!imports.TryAdd((import.Module, import.Name), import.Type))
            {
                throw new ModuleValidationException($"duplicate import name `{import.Module}:{import.Name}`", offset);
            }
        }

        return new CoreModuleType
        {
            Imports = imports,
            Exports = module.Exports.ToDictionary(static export => export.Name, static export => export.Type, StringComparer.Ordinal),
        };
    }
}
