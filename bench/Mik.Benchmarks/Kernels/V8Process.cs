using System.Diagnostics;
using System.Globalization;
using Mik.Scripting;

namespace Mik.Benchmarks.Kernels;

/// <summary>The kernels on V8: Node.js as a child process that runs one at a time, when asked.</summary>
internal sealed class V8Process : IDisposable
{
    private readonly Process _node;
    private readonly DirectoryInfo _files;

    private V8Process(Process node, DirectoryInfo files) => (_node, _files) = (node, files);

    /// <summary>Starts it.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no <c>node</c> to be found.</exception>
    public static V8Process Start()
    {
        // QuickJS as this program has it, byte for byte.
        var files = Directory.CreateTempSubdirectory("mik-kernels-");
        var quickJs = Path.Combine(files.FullName, "quickjs.wasm");
        File.WriteAllBytes(quickJs, EmbeddedFile.ReadBytes("quickjs.wasm"));
        var node = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(KernelComparison.Directory, "v8.mjs"), KernelComparison.Directory, quickJs])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        return new V8Process(node!, files);
    }

    /// <summary>Runs a kernel once and waits for it.</summary>
    public KernelRun Run(string kernel, uint units)
    {
        _node.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{units} {kernel}"));
        _node.StandardInput.Flush();
        var answer = _node.StandardOutput.ReadLine()?.Split(' ')
            ?? throw new InvalidOperationException("Node.js ended before it answered.");
        return new KernelRun(double.Parse(answer[0], CultureInfo.InvariantCulture), uint.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
        _files.Delete(recursive: true);
    }
}
