using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>The code a <c>try_table</c> protects while it is being emitted.</summary>
/// <param name="Start">Where its code begins.</param>
/// <param name="Clauses">What is caught, in order.</param>
/// <param name="OuterTrapLabels">The trap labels of the code around it: traps are thrown inside, since no branch leads out.</param>
internal sealed record TryRegion(int Start, CatchClause[] Clauses, int[] OuterTrapLabels);
