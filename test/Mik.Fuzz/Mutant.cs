namespace Mik.Fuzz;

/// <summary>A mutant: made of nothing but the seed and its number.</summary>
/// <param name="Bytes">What it is.</param>
/// <param name="Random">What decides the rest of its life.</param>
internal sealed record Mutant(byte[] Bytes, Random Random)
{
    private const int Spread = 1_000_003;

    public static Mutant Of(Corpus corpus, int seed, long number)
    {
        var random = new Random(unchecked((seed * Spread) + (int)number));
        var original = corpus.Choose(number, random);
        var bytes = random.Next(3) > 0 ? new InstructionMutator(random).TryMutate(original) : null;
        return new Mutant(bytes ?? new Mutator(random, corpus).Mutate(original), random);
    }
}
