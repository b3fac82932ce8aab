namespace Mik.Wasi.Http;

/// <summary>A body ended before it was complete: whoever passes it on must not let it look complete.</summary>
public sealed class BodyAbortedException(string message) : IOException(message);
