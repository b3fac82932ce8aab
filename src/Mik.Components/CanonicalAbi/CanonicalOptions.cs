using Mik.Components.Binary;

namespace Mik.Components.CanonicalAbi;

/// <summary>The options of a lifted or lowered function. Memory and functions are slots of the instance; negative when absent.</summary>
// cabi: CanonicalOptions
internal sealed record CanonicalOptions(StringEncoding Encoding, int Memory, int Realloc, int PostReturn);
