using System.Text;

namespace Mik.Scripting.Execution;

/// <summary>What <c>TextDecoder</c> decodes with.</summary>
internal static class TextDecoding
{
    private const int Windows1252 = 1252;

    /// <summary>Decodes; <see langword="null"/> when invalid bytes were not to be replaced.</summary>
    public static string? Decode(byte[] bytes, string encoding, bool isFatal)
    {
        var decoder = encoding switch
        {
            "utf-16le" => new UnicodeEncoding(bigEndian: false, byteOrderMark: false, isFatal),
            "utf-16be" => new UnicodeEncoding(bigEndian: true, byteOrderMark: false, isFatal),
            "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(Windows1252)!,
            _ => (Encoding)new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, isFatal),
        };
        try
        {
            return decoder.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
