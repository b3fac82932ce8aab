using System.Diagnostics.CodeAnalysis;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Observability;

namespace Mik.Server.Tenants;

/// <summary>
/// A handler whose file is read when it is first called, and again when it has changed. It is loaded once however many call meanwhile; they
/// wait on their own threads, each as long as it may. While a new version is loaded the former one answers; one that cannot be loaded
/// is not put in its place. Thread-safe.
/// </summary>
internal sealed class OnDemandHandler : IHandlerProgram
{
    // A look costs a system call. Nobody changes a file and asks for it within this time of somebody else's request.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMicroseconds(500);

    private readonly string _name;
    private readonly OnDemandLoading _loading;
    private readonly Lock _gate = new();
    private HandlerEntry _entry; // guarded by _gate for writing
    private IHandlerProgram? _program; // guarded by _gate
    private SourceStamp _source; // of the program; guarded by _gate
    private SourceStamp _refused; // the last that could not be loaded; guarded by _gate
    private string? _failure; // why; guarded by _gate
    private TaskCompletionSource? _load; // the one under way; guarded by _gate
    private SourceStamp _seen; // guarded by _gate
    private long _seenAt; // guarded by _gate
    private long _usedAt; // guarded by _gate
    private int _inside; // guarded by _gate

    /// <param name="name">Its name within its tenant.</param>
    /// <param name="loading">How it is loaded.</param>
    public OnDemandHandler(string name, OnDemandLoading loading)
    {
        _name = name;
        _loading = loading;
        _entry = EntryOf(loading.States.Of(name));
        _usedAt = loading.Time.GetTimestamp();
    }

    /// <summary>The handler as callers see it, with the breaker and the limit of its present version.</summary>
    public HandlerEntry Entry => Volatile.Read(ref _entry);

    /// <summary>Whether it is in memory.</summary>
    public bool IsLoaded
    {
        get
        {
            lock (_gate)
            {
                return _program is not null;
            }
        }
    }

    /// <summary>
    /// Where it stands: <c>ready</c>; <c>stale</c>, when an earlier version answers because its file cannot be loaded; <c>broken</c>, when none
    /// does; or <c>idle</c>, which is to say not in memory.
    /// </summary>
    public string Status => (IsLoaded, Failure) switch
    {
        (true, null) => "ready",
        (true, _) => "stale",
        (false, null) => "idle",
        _ => "broken",
    };

    /// <summary>Why its file as it is cannot be loaded, for the operator. An earlier version may be answering.</summary>
    public string? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Whether its file is still there.</summary>
    public bool Exists()
    {
        lock (_gate)
        {
            return LookUnderLock() != SourceStamp.Absent;
        }
    }

    /// <inheritdoc/>
    public HandlerEnd Run(HandlerRequest request, Action<GuestResponse> responseStarted, CancellationToken stop)
    {
        IHandlerProgram? program;
        while (!TryEnter(out program, out var load))
        {
            if (load is null)
            {
                return new HandlerEnd(HandlerEndKind.Unloadable, Failure);
            }

            WaitFor(load, stop);
            if (stop.IsCancellationRequested)
            {
                return new HandlerEnd(HandlerEndKind.Stopped);
            }
        }

        try
        {
            return program.Run(request, responseStarted, stop);
        }
        finally
        {
            lock (_gate)
            {
                _inside--;
                _usedAt = _loading.Time.GetTimestamp();
            }
        }
    }

    /// <summary>Lets the program go, unless it is in use.</summary>
    public void Dispose() => LetGoIfIdle(TimeSpan.Zero);

    /// <summary>Lets the program go when nobody has asked for it for that long; it is loaded again when somebody does.</summary>
    /// <returns>Whether there was one to let go.</returns>
    public bool LetGoIfIdle(TimeSpan idle)
    {
        lock (_gate)
        {
            if (_program is null || _inside > 0 || _load is not null || _loading.Time.GetElapsedTime(_usedAt) < idle)
            {
                return false;
            }

            _program.Dispose();
            _program = null;
            _source = SourceStamp.Absent;
            return true;
        }
    }

    /// <summary>Whether it is neither in memory nor asked for, and its breaker has nothing to remember.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (_gate)
            {
                return _program is null && _inside == 0 && _load is null && _entry.State.Breaker.State != Admission.CircuitState.Open;
            }
        }
    }

    // The program to run, which is then in use; or the load to wait for, if waiting is any use.
    private bool TryEnter([NotNullWhen(true)] out IHandlerProgram? program, out Task? load)
    {
        lock (_gate)
        {
            var source = LookUnderLock();
            _usedAt = _loading.Time.GetTimestamp();
            if ((_program is null || source != _source) && (_failure is null || source != _refused) && source != SourceStamp.Absent)
            {
                BeginLoadUnderLock(source);
            }

            (program, load) = (_program, _load?.Task);
            if (program is null)
            {
                return false;
            }

            _inside++;
            return true;
        }
    }

    private void WaitFor(Task load, CancellationToken stop)
    {
        _loading.Waits.BeginWait();
        try
        {
            load.Wait(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The load goes on, for whoever comes next.
        }
        finally
        {
            _loading.Waits.EndWait();
        }
    }

    private void BeginLoadUnderLock(SourceStamp source)
    {
        if (_load is null)
        {
            _load = new TaskCompletionSource();
            _loading.Queue.Enqueue(() => _loading.Account.Work(() => Load(source)));
        }
    }

    // Stamped before it is read: a file that changes meanwhile differs from its stamp, and is read again.
    private void Load(SourceStamp source)
    {
        IHandlerProgram? program = null;
        string? failure = null;
        try
        {
            program = _loading.Load(_name);
        }
        catch (Exception problem)
        {
            // Whatever is wrong with one file, a flaw of ours included, must not reach beyond it.
            failure = problem.Message;
        }

        TaskCompletionSource load;
        var isReplaced = false;
        lock (_gate)
        {
            load = _load!;
            _load = null;
            _failure = failure;
            if (program is null)
            {
                _refused = source;
            }
            else
            {
                isReplaced = _program is not null;
                if (isReplaced)
                {
                    _program!.Dispose();

                    // What the former program did wrong is not the new one's fault.
                    Volatile.Write(ref _entry, EntryOf(_loading.States.Renew(_name)));
                }

                (_program, _source) = (program, source);
                _usedAt = _loading.Time.GetTimestamp();
            }
        }

        if (failure is not null)
        {
            ServerLog.HandlerUnloadable(_loading.Logger, Entry.Name, LogText.Of(failure));
        }
        else if (isReplaced)
        {
            ServerLog.HandlerReloaded(_loading.Logger, Entry.Name);
        }

        load.SetResult();
    }

    private HandlerEntry EntryOf(HandlerState state) => new(state.Name, this, LoadFailure: null, state);

    private SourceStamp LookUnderLock()
    {
        var now = _loading.Time.GetTimestamp();
        if (_seenAt == 0 || _loading.Time.GetElapsedTime(_seenAt, now) >= BetweenLooks)
        {
            _seen = _loading.Stamp(_name);
            _seenAt = now;
        }

        return _seen;
    }
}
