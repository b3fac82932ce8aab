namespace Mik.EndToEnd.Tests;

/// <summary>One server whose handler prints.</summary>
public sealed class PrintingProject : ServedProject
{
    protected override void Prepare() => Project.AddHandler("http_print");
}
