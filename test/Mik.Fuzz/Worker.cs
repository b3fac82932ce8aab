using System.Diagnostics;
using System.Globalization;

namespace Mik.Fuzz;

/// <summary>Tries mutants one after the other in this process, and notes before each which one it is: the process may not survive it.</summary>
internal sealed class Worker(FuzzOptions options)
{
    /// <summary>Something was thrown that should not be; it has been saved.</summary>
    public const int FoundException = 10;

    /// <summary>The mutant at hand takes too long.</summary>
    public const int FoundHang = 11;

    /// <summary>Memory grows.</summary>
    public const int FoundGrowth = 12;

    private const int StackBytes = 2 << 20;
    private const int MutantsPerCollection = 500;
    private const long MaxResidentBytes = 1500L << 20;

    // In processor time, which a busy machine does not use up; a mutant that only waits may take longer, on such a machine.
    private static readonly TimeSpan MaxProcessorTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookTime = TimeSpan.FromMilliseconds(250);

    private readonly long[] _stages = new long[Enum.GetValues<FuzzStage>().Length];
    private long _current = -1;

    public int Run()
    {
        var exitCode = 0;
        var thread = new Thread(() => exitCode = TryAll(), StackBytes);
        new Thread(Watch) { IsBackground = true }.Start();
        thread.Start();
        thread.Join();
        Console.WriteLine(string.Join(' ', _stages));
        return exitCode;
    }

    private int TryAll()
    {
        var corpus = Corpus.Load();
        using var progress = File.OpenHandle(options.Progress!, FileMode.OpenOrCreate, FileAccess.Write);
        using var subject = new Subject();
        for (var number = options.First; number < options.First + options.Count; number++)
        {
            RandomAccess.Write(progress, BitConverter.GetBytes(number), 0);
            Volatile.Write(ref _current, number);
            var mutant = Mutant.Of(corpus, options.Seed, number);
            try
            {
                _stages[(int)subject.Run(mutant.Bytes, mutant.Random)]++;
            }
            catch (Exception unexpected)
            {
                Finding.Save(options, number, mutant.Bytes, unexpected.ToString());
                return FoundException;
            }

            if (number % MutantsPerCollection == 0 && HasGrown())
            {
                Finding.Save(options, number, mutant.Bytes, $"{Environment.WorkingSet >> 20} MiB are resident although nothing is held");
                return FoundGrowth;
            }
        }

        return 0;
    }

    private static bool HasGrown()
    {
        for (var i = 0; i < 3 && Environment.WorkingSet > MaxResidentBytes / 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Environment.WorkingSet > MaxResidentBytes;
    }

    private void Watch()
    {
        using var process = Process.GetCurrentProcess();
        var (number, processor, time) = (-1L, TimeSpan.Zero, Stopwatch.StartNew());
        while (true)
        {
            Thread.Sleep(LookTime);
            process.Refresh();
            if (Volatile.Read(ref _current) is var current && current != number)
            {
                (number, processor) = (current, process.TotalProcessorTime);
                time.Restart();
            }
            else if (number >= 0 && (process.TotalProcessorTime - processor > MaxProcessorTime || time.Elapsed > MaxTime))
            {
                var mutant = Mutant.Of(Corpus.Load(), options.Seed, number);
                Finding.Save(options, number, mutant.Bytes, string.Create(CultureInfo.InvariantCulture, $"takes longer than {MaxProcessorTime}"));
                Environment.Exit(FoundHang);
            }
        }
    }
}
