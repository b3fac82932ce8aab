using System.IO.Compression;
using Mik.Components;
using Mik.Components.Binary;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Validation;

namespace Mik.Fuzz;

/// <summary>Every module and component there is: of the suites, where they lie beside the repository, of the fixtures and of the samples.</summary>
internal sealed class Corpus
{
    // Megabytes take a second each; there are better uses of a second.
    private const int LargeBytes = 256 * 1024;
    private const int LargeEvery = 5_000;

    private readonly List<byte[]> _small = [];
    private readonly List<byte[]> _sound = [];
    private readonly List<byte[]> _large = [];

    private readonly int _handlers;

    private Corpus(IEnumerable<byte[]> handlers, IEnumerable<byte[]> modules)
    {
        Add(handlers);
        _handlers = _small.Count;
        Add(modules);

        _sound.AddRange(_small.Where(IsSound));
    }

    public static Corpus Load()
    {
        var root = RepositoryRoot();
        var files = Directory.EnumerateFiles(Path.Combine(root, "fixtures"), "*.wasm", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "samples"), "*.wasm", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);
        var shared = Path.Combine(root, "..", "shared");
        return Directory.Exists(shared) ? new Corpus(files.Concat(Handlers(shared)), Suites(shared)) : new Corpus(files, []);
    }

    /// <summary>
    /// The module a mutant is made from: each of the small ones in turn at first, then mostly sound ones, and of those rather the longer. Half of
    /// the suites are modules that are wrong already, which do not get more interesting.
    /// </summary>
    public byte[] Choose(long number, Random random)
    {
        if (_large.Count > 0 && number % LargeEvery == LargeEvery - 1)
        {
            return _large[(int)(number / LargeEvery % _large.Count)];
        }

        if (number < _small.Count || random.Next(8) == 0)
        {
            return _small[number < _small.Count ? (int)number : random.Next(_small.Count)];
        }

        // Guests of our own, which are handlers, are worth more than their number.
        if (random.Next(8) == 0)
        {
            return _small[random.Next(_handlers)];
        }

        var (one, other) = (_sound[random.Next(_sound.Count)], _sound[random.Next(_sound.Count)]);
        return one.Length > other.Length ? one : other;
    }

    /// <summary>Any small one, to take parts from.</summary>
    public byte[] Donor(Random random) => _sound[random.Next(_sound.Count)];

    private void Add(IEnumerable<byte[]> modules)
    {
        foreach (var module in modules)
        {
            (module.Length > LargeBytes ? _large : _small).Add(module);
        }
    }

    private static bool IsSound(byte[] bytes)
    {
        try
        {
            if (Component.IsComponent(bytes))
            {
                ComponentDecoder.Decode(bytes);
            }
            else
            {
                ModuleValidator.Validate(ModuleDecoder.Decode(bytes));
            }

            return true;
        }
        catch (ModuleException)
        {
            return false;
        }
    }

    private static IEnumerable<byte[]> Suites(string shared)
    {
        foreach (var suite in Directory.EnumerateFiles(Path.Combine(shared, "conformance"), "*.zip").Order(StringComparer.Ordinal))
        {
            using var archive = ZipFile.OpenRead(suite);
            foreach (var entry in archive.Entries.Where(static e => e.Name.EndsWith(".wasm", StringComparison.Ordinal)))
            {
                using var content = entry.Open();
                yield return ReadAll(content);
            }
        }
    }

    private static IEnumerable<byte[]> Handlers(string shared)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shared, "fixtures", "built")).Order(StringComparer.Ordinal))
        {
            using var content = File.OpenRead(file);
            using var unpacked = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(content, CompressionMode.Decompress) : (Stream)content;
            yield return ReadAll(unpacked);
        }
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Mik.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("Mik.slnx not found above the program.");
    }
}
