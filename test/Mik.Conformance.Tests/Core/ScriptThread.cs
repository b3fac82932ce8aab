namespace Mik.Conformance.Tests.Core;

/// <summary>Scripts exhaust the stack on purpose; a thread of known size keeps that independent of the test runner's threads.</summary>
internal static class ScriptThread
{
    private const int StackBytes = 16 * 1024 * 1024;

    // Ample for the slowest script on a busy machine; a hang must not look like a slow test.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="TimeoutException">The script hangs.</exception>
    public static T Run<T>(string name, Func<T> script)
        where T : class
    {
        T? outcome = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    outcome = script();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        if (!thread.Join(Patience))
        {
            throw new TimeoutException($"{name} did not finish within {Patience}.");
        }

        return outcome ?? throw new InvalidOperationException($"{name} stopped early.", failure);
    }
}
