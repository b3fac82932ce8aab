using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Responses;

/// <summary>Sends what execution gave. A response is either whole or visibly broken, never silently cut short.</summary>
/// <param name="problems">Answers with what went wrong.</param>
/// <param name="compression">Compresses answers; <see langword="null"/> to send them as they are.</param>
internal sealed class ResponseWriter(ProblemWriter problems, ResponseCompression? compression = null)
{
    /// <summary>
    /// How long the head waits for the body: answers that are written at once then go out in one packet with their length, and a guest
    /// that sets its head early to stream later is still seen at once by human standards.
    /// </summary>
    private static readonly TimeSpan HeadDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>How much of a file is read at a time. As much as Kestrel buffers before it waits for the client.</summary>
    private const int FileBlockBytes = 64 * 1024;

    /// <summary>Sends the answer.</summary>
    /// <returns>The fault that the client was told of, or that cut the answer off.</returns>
    public Task<Fault?> WriteAsync(Exchange exchange, Outcome outcome) => compression is null
        ? WriteCoreAsync(exchange, outcome)
        : compression.WriteAsync(exchange.Http, () => WriteCoreAsync(exchange, outcome));

    private async Task<Fault?> WriteCoreAsync(Exchange exchange, Outcome outcome)
    {
        var fault = outcome switch
        {
            CompleteOutcome complete => await SendAsync(exchange, complete),
            FileOutcome file => await SendAsync(exchange, file),
            StreamingOutcome streaming => await SendAsync(exchange, streaming),
            FailedOutcome failed => failed.Fault,
            _ => throw new InvalidOperationException($"There is no way to send {outcome.GetType().Name}."),
        };
        if (fault is not null)
        {
            await problems.WriteAsync(exchange, fault);
        }

        return fault;
    }

    private static async Task<Fault?> SendAsync(Exchange exchange, CompleteOutcome answer)
    {
        if (ResponseHead.TryApply(exchange, answer.Status, answer.Headers) is { } problem)
        {
            return new Fault(FaultKind.ScriptAnswerInvalid, "The script's answer cannot be sent.") { Diagnosis = problem };
        }

        var response = exchange.Http.Response;
        if (ResponseHead.AllowsBody(answer.Status))
        {
            response.ContentLength = answer.Body.Length;
            if (!HttpMethods.IsHead(exchange.Method) && answer.Body.Length > 0)
            {
                await response.BodyWriter.WriteAsync(answer.Body, exchange.ClientGone);
                exchange.BytesSent = answer.Body.Length;
            }
        }

        await response.CompleteAsync();
        exchange.MarkAnswered();
        return null;
    }

    private static async Task<Fault?> SendAsync(Exchange exchange, FileOutcome answer)
    {
        using var file = answer.File;
        var response = exchange.Http.Response;
        _ = ResponseHead.TryApply(exchange, answer.Status, answer.Headers);
        response.ContentLength = answer.Length;
        var (offset, left) = (answer.Offset, HttpMethods.IsHead(exchange.Method) ? 0 : answer.Length);
        while (left > 0)
        {
            // The first block is read before the head goes out, so that what cannot be read at all is still a problem document.
            var block = response.BodyWriter.GetMemory(FileBlockBytes);
            var count = await RandomAccess.ReadAsync(file.Handle, block[..(int)Math.Min(block.Length, left)], offset, exchange.ClientGone);
            if (count == 0)
            {
                return new Fault(FaultKind.FileUnreadable, "The file became shorter while it was sent.");
            }

            response.BodyWriter.Advance(count);
            await response.BodyWriter.FlushAsync(exchange.ClientGone);
            (offset, left) = (offset + count, left - count);
            exchange.BytesSent += count;
        }

        await response.CompleteAsync();
        exchange.MarkAnswered();
        return null;
    }

    private static async Task<Fault?> SendAsync(Exchange exchange, StreamingOutcome answer)
    {
        var (head, execution) = answer;
        if (ResponseHead.TryApply(exchange, head.Status, head.Headers) is { } problem)
        {
            head.Body.Stop();
            return new Fault(FaultKind.HandlerResponseInvalid, "The handler's response cannot be sent.") { Diagnosis = problem };
        }

        var response = exchange.Http.Response;
        response.Headers["X-Mik-Handler"] = HandlerHeader(exchange.Handler!);
        response.Headers["X-Mik-Duration-Ms"] = ((long)exchange.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        try
        {
            var sendsBody = ResponseHead.AllowsBody(head.Status) && !HttpMethods.IsHead(exchange.Method);
            if (sendsBody && await CopyBodyAsync(exchange, head.Body, execution) is { } broken)
            {
                return broken;
            }

            await response.CompleteAsync();
            exchange.MarkAnswered();
            execution.Detach();
            if (!sendsBody)
            {
                await DiscardAsync(head.Body, execution.Stopped);
            }

            return null;
        }
        catch (BodyAbortedException)
        {
            // The guest ended in the middle of its body; it is about to say why, if it has not been said by someone else.
            head.Body.Stop();
            return execution.Fault ?? await execution.Completed ?? Incomplete("The handler ended before its response was complete.");
        }
        catch (OperationCanceledException) when (execution.Stopped.IsCancellationRequested)
        {
            head.Body.Stop();
            return execution.Fault;
        }
    }

    private static async Task<Fault?> CopyBodyAsync(Exchange exchange, IResponseBody body, HandlerExecution execution)
    {
        var response = exchange.Http.Response;
        var declared = response.ContentLength;
        var sent = 0L;
        await body.WaitForWholeAsync(HeadDelay, exchange.Time, execution.Stopped);
        var whole = body.CompleteLength;
        var writer = new BodyWriter(exchange, mayHaveTrailers: declared is null && (whole is null || body.Trailers.Count > 0));
        if (declared is null && !writer.SendsTrailers)
        {
            response.ContentLength = whole;
        }

        var first = body.ReadAsync(execution.Stopped);
        if (!first.IsCompleted)
        {
            await response.Body.FlushAsync(execution.Stopped);
        }

        for (var bytes = await first; !bytes.IsEmpty; bytes = await body.ReadAsync(execution.Stopped))
        {
            sent += bytes.Length;
            if (sent > declared)
            {
                body.Stop();
                return Incomplete("The handler wrote more than its content-length says.");
            }

            execution.WaitingForReader = true;
            var flushed = await writer.WriteAsync(bytes, execution.Stopped);
            execution.WaitingForReader = false;
            exchange.BytesSent = sent;
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                body.Stop();
                return new Fault(FaultKind.ClientGone, "The client went away.");
            }
        }

        if (sent < declared)
        {
            return Incomplete("The handler wrote less than its content-length says.");
        }

        await writer.EndAsync(body.Trailers, execution.Stopped);
        return null;
    }

    /// <summary>
    /// Reads what the client is not to see, after it was answered: to the guest, whose writes would fail otherwise, nothing is unusual.
    /// </summary>
    private static async Task DiscardAsync(IResponseBody body, CancellationToken stopped)
    {
        try
        {
            while (!(await body.ReadAsync(stopped)).IsEmpty)
            {
            }
        }
        catch (Exception ended) when (ended is BodyAbortedException or OperationCanceledException)
        {
            body.Stop();
        }
    }

    private static Fault Incomplete(string detail) => new(FaultKind.HandlerResponseInvalid, detail);

    /// <summary>Names may have any letters, headers only ASCII ones.</summary>
    private static string HandlerHeader(string name)
    {
        foreach (var c in name)
        {
            if (c is < ' ' or > '~')
            {
                return Uri.EscapeDataString(name);
            }
        }

        return name;
    }
}
