namespace Mik.Wasi;

/// <summary>Which of its output streams a guest wrote to.</summary>
public enum GuestOutput
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}

/// <summary>Receives what a guest prints. Called on the guest's thread.</summary>
public interface IGuestLog
{
    /// <summary>
    /// One line without its end. Control characters and bytes that are not UTF-8 arrive as <c>\xNN</c>; long lines and talkative
    /// guests are cut short, with a note.
    /// </summary>
    void WriteLine(GuestOutput output, string line);
}
