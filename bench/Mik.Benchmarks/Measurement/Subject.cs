namespace Mik.Benchmarks.Measurement;

/// <summary>Something that is measured: one way to answer a request.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Callers">How many callers ask at the same time, each as soon as it has its answer.</param>
/// <param name="AskAsync">Asks once; throws when the answer is not the right one.</param>
internal sealed record Subject(string Name, int Callers, Func<Task> AskAsync);
