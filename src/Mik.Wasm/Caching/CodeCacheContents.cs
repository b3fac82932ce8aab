namespace Mik.Wasm.Caching;

/// <summary>What a cache holds.</summary>
/// <param name="Modules">Modules whose code is kept.</param>
/// <param name="Waiting">Modules that wait to be compiled.</param>
/// <param name="Bytes">What all files take together.</param>
public readonly record struct CodeCacheContents(int Modules, int Waiting, long Bytes);
