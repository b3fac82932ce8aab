using Mik.Components.Linking;
using Mik.Wasi.Cli;
using Mik.Wasi.Clocks;
using Mik.Wasi.Filesystem;
using Mik.Wasi.Http;
using Mik.Wasi.Io;
using Mik.Wasi.Randomness;
using Mik.Wasi.Sockets;

namespace Mik.Wasi;

/// <summary>WASI 0.2 as this host offers it.</summary>
public static class WasiHost
{
    internal static IReadOnlyList<WasiInterface> Interfaces { get; } =
    [
        IoError.Interface,
        Poll.Interface,
        Streams.Interface,
        MonotonicClock.Interface,
        WallClock.Interface,
        Timezone.Interface,
        SecureRandomness.Interface,
        InsecureRandomness.Interface,
        InsecureRandomness.SeedInterface,
        CommandEnvironment.Interface,
        Exit.Interface,
        Stdio.StdinInterface,
        Stdio.StdoutInterface,
        Stdio.StderrInterface,
        .. Terminals.Interfaces,
        FilesystemTypes.Interface,
        Preopens.Interface,
        Networks.Interface,
        Networks.InstanceInterface,
        UdpSocket.Interface,
        UdpSocket.CreateInterface,
        TcpSocket.Interface,
        TcpSocket.CreateInterface,
        NameLookup.Interface,
        HttpTypes.Interface,
        OutgoingHandler.Interface,
    ];

    /// <summary>A linker with every interface. One is enough for all components; their state is a <see cref="WasiContext"/>.</summary>
    public static ComponentLinker CreateLinker()
    {
        var linker = new ComponentLinker();
        foreach (var each in Interfaces)
        {
            each.AddTo(linker);
        }

        return linker;
    }
}
