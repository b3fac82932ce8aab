namespace Mik.Wasi.Http;

/// <summary>
/// One header or trailer. A value is bytes in WASI and text in .NET: here each character stands for one byte (Latin-1), so that
/// nothing is lost. Servers and clients around should be set to Latin-1 for header values.
/// </summary>
/// <param name="Name">The name, in any case.</param>
/// <param name="Value">The value; characters above U+00FF are passed to the guest in UTF-8.</param>
public readonly record struct HttpField(string Name, string Value);
