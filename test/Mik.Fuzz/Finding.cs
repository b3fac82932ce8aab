using System.Globalization;

namespace Mik.Fuzz;

/// <summary>What is left of a mutant that showed a mistake: its bytes and what happened.</summary>
internal static class Finding
{
    public static void Save(FuzzOptions options, long number, byte[] bytes, string what)
    {
        Directory.CreateDirectory(options.Output);
        var name = Path.Combine(options.Output, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}"));
        File.WriteAllBytes($"{name}.wasm", bytes);
        File.WriteAllText($"{name}.txt", what + "\n");
    }
}
