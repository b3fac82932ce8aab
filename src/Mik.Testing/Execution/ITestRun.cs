using Mik.Scripting.Execution;

namespace Mik.Testing.Execution;

/// <summary>What a test file's virtual machine asks of the run it works for, besides what a script's does.</summary>
internal interface ITestRun : IVmRun
{
    /// <summary>Something has happened that the result should tell; the event is JSON, see <c>JavaScript/testing.js</c>.</summary>
    void Report(byte[] json);

    /// <summary>A test or a hook begins that may take that many milliseconds, or (negative) has ended.</summary>
    void Begin(double milliseconds);

    /// <summary>Lets a script answer a request described by JSON.</summary>
    /// <returns>The invocation's id, or what is wrong with the request.</returns>
    (int Id, string? Problem) Invoke(byte[] request, byte[]? body);

    /// <summary>The test's host has answered a call of a script.</summary>
    void AnswerCall(int call, byte[] answer, byte[]? body);
}
