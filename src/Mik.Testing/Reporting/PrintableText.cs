using System.Text;

namespace Mik.Testing.Reporting;

/// <summary>
/// Text from tests as it can be written to terminals and documents: control characters other than line ends and tabs, which could move
/// a terminal's cursor and have no place in XML, are shown as pictures of themselves.
/// </summary>
internal static class PrintableText
{
    private const char Pictures = '\u2400';

    public static string Of(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            result.Append(!IsControl(c) ? c : c < ' ' ? (char)(Pictures + c) : '\uFFFD');
        }

        return result.ToString();
    }

    // Unpaired surrogates and U+FFFE, U+FFFF are no characters; \r would overwrite the line.
    private static bool IsControl(char c) => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\uFFFE' or '\uFFFF';
}
