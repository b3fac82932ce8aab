namespace Mik.Wasi.Filesystem;

/// <summary>Errors of the system (Linux), and WASI's words for them. wit: wasi:filesystem/types#error-code</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int IoFailed = 5;
    public const int BadDescriptor = 9;
    public const int OutOfMemory = 12;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int TooLarge = 27;
    public const int ReadOnly = 30;
    public const int NameTooLong = 36;
    public const int Loop = 40;
    public const int IllegalBytes = 84;
    public const int NotSupported = 95;

    /// <summary>WIT's cases, each with the errors that are it.</summary>
    private static readonly (string Name, int[] Errors)[] Table =
    [
        ("access", [13]),
        ("would-block", [11]),
        ("already", [114]),
        ("bad-descriptor", [BadDescriptor]),
        ("busy", [16]),
        ("deadlock", [35]),
        ("quota", [122]),
        ("exist", [17]),
        ("file-too-large", [TooLarge]),
        ("illegal-byte-sequence", [IllegalBytes]),
        ("in-progress", [115]),
        ("interrupted", [Interrupted]),
        ("invalid", [Invalid]),
        ("io", [IoFailed]),
        ("is-directory", [IsDirectory]),
        ("loop", [Loop]),
        ("too-many-links", [31]),
        ("message-size", [90]),
        ("name-too-long", [NameTooLong]),
        ("no-device", [19]),
        ("no-entry", [NoEntry]),
        ("no-lock", [37]),

        // Too many open files, in the process and in the system, are the nearest thing to it.
        ("insufficient-memory", [OutOfMemory, 23, 24]),
        ("insufficient-space", [28]),
        ("not-directory", [NotDirectory]),
        ("not-empty", [39]),
        ("not-recoverable", [131]),
        ("unsupported", [NotSupported, 38]),
        ("no-tty", [25]),
        ("no-such-device", [6]),
        ("overflow", [75]),
        ("not-permitted", [NotPermitted]),
        ("pipe", [32]),
        ("read-only", [ReadOnly]),
        ("invalid-seek", [29]),
        ("text-file-busy", [26]),
        ("cross-device", [18]),
    ];

    private static readonly Dictionary<int, int> Cases =
        Table.SelectMany(static (row, index) => row.Errors, static (row, error) => error)
            .ToDictionary(static error => error, static error => Array.FindIndex(Table, row => row.Errors.Contains(error)));

    /// <summary>WIT's names, in its order.</summary>
    public static string[] Names { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>The case of an error; what WIT has no word for is an error of the device.</summary>
    public static int CaseOf(int error) => Cases.TryGetValue(error, out var index) ? index : Cases[IoFailed];
}
