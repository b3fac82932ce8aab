namespace Mik.Conformance.Tests.Components;

/// <summary>How the commands of a group came out.</summary>
/// <param name="Passed">Those that behaved.</param>
/// <param name="Failed">Those that did not, with no reason listed.</param>
/// <param name="Unsupported">Those listed, with a reason, as needing what is not supported.</param>
internal readonly record struct CaseTally(int Passed, int Failed, int Unsupported);
