namespace Mik.Server.Configuration;

/// <summary>One item of <c>mounts</c>.</summary>
/// <param name="HostPath">The directory, relative to the project.</param>
/// <param name="GuestPath">The absolute path under which the handler finds it.</param>
/// <param name="IsWritable">Whether the handler may change what is in it.</param>
public sealed record MountConfig(string HostPath, string GuestPath, bool IsWritable)
{
    /// <summary>Reads <c>host:/guest</c>, <c>host:/guest:ro</c> or <c>host:/guest:rw</c>; null when it is none of them.</summary>
    public static MountConfig? Parse(string text)
    {
        var isWritable = text.EndsWith(":rw", StringComparison.Ordinal);
        var paths = isWritable || text.EndsWith(":ro", StringComparison.Ordinal) ? text[..^3] : text;
        var colon = paths.LastIndexOf(':');
        if (colon <= 0 || paths.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var guest = paths[(colon + 1)..];
        var names = guest.Split('/');
        return guest.StartsWith('/') && (guest == "/" || !names[1..].Any(static name => name is "" or "." or ".."))
            ? new MountConfig(paths[..colon], guest, isWritable)
            : null;
    }
}
