using Mik.Testing.Results;

namespace Mik.Testing.Reporting;

/// <summary>Writes down what a run finds out.</summary>
public interface ITestReporter
{
    /// <summary>A file has been run.</summary>
    void Add(TestFileResult file);

    /// <summary>The run is over.</summary>
    void Finish(TestRunSummary summary);
}
