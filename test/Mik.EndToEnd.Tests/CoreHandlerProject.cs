namespace Mik.EndToEnd.Tests;

/// <summary>Components of the small handler contract, in both of its layouts.</summary>
public sealed class CoreHandlerProject : ServedProject
{
    /// <summary>The longest body they take.</summary>
    public const int MaxBody = 20_000;

    protected override void Prepare() => Project
        .Write("mik.toml", $"""
            [env]
            MIK_MAX_BODY_SIZE = "{MaxBody}"
            """)
        .AddHandler("core_echo")
        .AddHandler("core_echo_older");
}
