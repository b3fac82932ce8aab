namespace Mik.Scripting.QuickJs;

/// <summary>What QuickJS asks of whoever embeds it. Exceptions pass through the script, which cannot catch them.</summary>
internal interface IQuickJsHost
{
    /// <summary>The current time, for <c>Date</c>.</summary>
    DateTimeOffset Now { get; }

    /// <summary>How far memory may grow, in bytes.</summary>
    long MaxMemoryBytes { get; }

    /// <summary>The name under which <see cref="LoadModule"/> finds what <paramref name="importer"/> imports.</summary>
    string ResolveModule(string importer, string specifier);

    /// <summary>The source of a module.</summary>
    string LoadModule(string name);

    /// <summary>Runs a function made with <see cref="QuickJsVm.NewFunction"/>; returns a new value, or none for <c>undefined</c>.</summary>
    JsValue Call(int function, HostArguments arguments);

    /// <summary>
    /// A promise was rejected and nobody listens, or somebody began to listen to one of those. Called only after
    /// <see cref="QuickJsVm.TrackRejections"/>.
    /// </summary>
    /// <param name="promise">Names the promise as long as it exists.</param>
    /// <param name="reason">Why it was rejected; owned by the callee.</param>
    /// <param name="isHandled">Whether somebody listens now.</param>
    void TrackRejection(ulong promise, JsValue reason, bool isHandled);
}
