namespace Mik.Wasi.Http;

/// <summary>A handler's answer: final in status and headers, while the body may still be written.</summary>
/// <param name="Status">200 to 999.</param>
/// <param name="Headers">In the handler's order; repeated names stay repeated.</param>
/// <param name="Body">What follows. Must be read to its end or stopped, or the handler may wait for ever.</param>
public sealed record HandlerResponse(int Status, IReadOnlyList<HttpField> Headers, GuestBody Body);
