using Mik.Wasm.Binary;

namespace Mik.Wasm.Validation;

/// <summary>The security boundary: what passes here may be compiled, nothing else ever is.</summary>
// spec: valid-module
internal static class ModuleValidator
{
    /// <exception cref="Runtime.ModuleValidationException">A typing rule is broken.</exception>
    public static void Validate(ModuleDefinition module) => throw new NotImplementedException(module.ToString());
}
