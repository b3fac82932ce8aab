namespace Mik.Wasm.Compilation;

/// <summary>A function is valid but beyond what a .NET method can hold. The emitter adds which function it was.</summary>
internal sealed class CompilationLimitException(string message) : Exception(message);
