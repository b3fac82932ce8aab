namespace Mik.Benchmarks.Kernels;

/// <summary>One run of a kernel.</summary>
/// <param name="Milliseconds">Processor time of the process meanwhile: others on the machine make a run wait, not cost more.</param>
/// <param name="Result">What it computed.</param>
internal readonly record struct KernelRun(double Milliseconds, uint Result);
