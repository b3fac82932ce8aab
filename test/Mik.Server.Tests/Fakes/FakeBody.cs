using System.Text;
using Mik.Server.Execution;
using Mik.Wasi.Http;

namespace Mik.Server.Tests.Fakes;

/// <summary>A response body that a test writes.</summary>
internal sealed class FakeBody : IResponseBody
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _chunks = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _complete;
    private bool _aborted;
    private bool _taken;

    public bool Stopped { get; private set; }

    public IReadOnlyList<HttpField> Trailers { get; set; } = [];

    public long? CompleteLength
    {
        get
        {
            lock (_gate)
            {
                return _complete && !_taken ? _chunks.Sum(chunk => chunk.Length) : null;
            }
        }
    }

    public static FakeBody Of(string text)
    {
        var body = new FakeBody();
        body.Write(text);
        body.Complete();
        return body;
    }

    public void Write(string text) => Change(() => _chunks.Enqueue(Encoding.UTF8.GetBytes(text)));

    public void Write(byte[] bytes) => Change(() => _chunks.Enqueue(bytes));

    public void Complete() => Change(() => _complete = true);

    public void Abort() => Change(() => _aborted = true);

    // A guest that has written something takes its time over the rest.
    public async ValueTask WaitForWholeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var any = WaitAsync(cancellation);
        if (patience == Timeout.InfiniteTimeSpan)
        {
            await any;
            return;
        }

        await Task.WhenAny(any, Task.Delay(patience, time, cancellation));
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_chunks.Count > 0 || _complete || _aborted)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        await WaitAsync(cancellation);
        lock (_gate)
        {
            _taken = true;
            if (_chunks.TryDequeue(out var chunk))
            {
                return chunk;
            }

            return _complete ? default : throw new BodyAbortedException("the test says so");
        }
    }

    public void Stop() => Stopped = true;

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
