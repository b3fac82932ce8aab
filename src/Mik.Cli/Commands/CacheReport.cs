using System.Text.Json.Serialization;

namespace Mik.Cli.Commands;

/// <summary>What <c>mik cache info --json</c> writes. Sizes are bytes.</summary>
/// <param name="Directory">Where everything is.</param>
/// <param name="Modules">Modules whose code is kept.</param>
/// <param name="Waiting">Modules that wait to be compiled.</param>
/// <param name="CodeBytes">What both take.</param>
/// <param name="MaxCodeBytes">What they may take.</param>
/// <param name="CanCompile">Whether there is an ahead-of-time compiler.</param>
/// <param name="Sources">TypeScript files kept without their types.</param>
/// <param name="SourceBytes">What those take.</param>
internal sealed record CacheReport(
    string Directory, int Modules, int Waiting, long CodeBytes, long MaxCodeBytes, bool CanCompile, int Sources, long SourceBytes);

/// <summary>What <c>mik cache clear --json</c> writes.</summary>
/// <param name="Directory">Where everything was.</param>
/// <param name="Modules">Modules whose code was kept.</param>
/// <param name="Sources">TypeScript files kept without their types.</param>
/// <param name="Bytes">What all that took.</param>
internal sealed record CacheClearReport(string Directory, int Modules, int Sources, long Bytes);

/// <summary>What <c>mik cache compile --json</c> writes.</summary>
/// <param name="Compiled">Modules compiled now.</param>
/// <param name="Found">Modules of the project that had been compiled before.</param>
/// <param name="Waiting">Modules that still wait: another process is compiling them.</param>
internal sealed record CacheCompileReport(int Compiled, int Found, int Waiting);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CacheReport))]
[JsonSerializable(typeof(CacheClearReport))]
[JsonSerializable(typeof(CacheCompileReport))]
internal sealed partial class CacheJson : JsonSerializerContext;
