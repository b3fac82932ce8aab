namespace Mik.Server.Hosting;

/// <summary>The server cannot start, for a reason its operator can put right. The message is written for them.</summary>
public sealed class MikStartException(string message, Exception? inner = null) : Exception(message, inner);
