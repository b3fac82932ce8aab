using System.Net;
using Mik.Components.Runtime;
using Mik.Wasi.Sockets;

namespace Mik.Wasi.Tests.Sockets;

/// <summary>Plays a guest with sockets.</summary>
internal sealed class SocketGuest : IDisposable
{
    public SocketGuest(params string[] patterns)
        : this(static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), patterns)
    {
    }

    public SocketGuest(Func<string, CancellationToken, Task<IPAddress[]>> resolve, params string[] patterns)
    {
        Guest = new Guest(new WasiContext { Sockets = new SocketPolicy(patterns), Resolve = resolve });
        Network = Guest.Call("wasi:sockets/instance-network#instance-network");
    }

    public Guest Guest { get; }

    public ComponentValue Network { get; }

    public static string Outcome(ComponentValue result) => result.Case == 0 ? "ok" : ((SocketFailure)result.Payload.Case).ToString();

    public static ComponentValue Address(string endpoint) => SocketAddresses.ToSocketAddress(IPEndPoint.Parse(endpoint));

    public ComponentValue Tcp(string method, params ComponentValue[] arguments) => Guest.Call($"wasi:sockets/tcp#[method]tcp-socket.{method}", arguments);

    public ComponentValue Udp(string method, params ComponentValue[] arguments) => Guest.Call($"wasi:sockets/udp#[method]{method}", arguments);

    public ComponentValue NewTcp(bool ipv6 = false) =>
        Guest.Ok(Guest.Call("wasi:sockets/tcp-create-socket#create-tcp-socket", ComponentValue.OfCase(ipv6 ? 1 : 0)));

    public ComponentValue NewUdp() => Guest.Ok(Guest.Call("wasi:sockets/udp-create-socket#create-udp-socket", ComponentValue.OfCase(0)));

    /// <summary>Starts to connect, waits as guests do, and finishes.</summary>
    public ComponentValue Connect(ComponentValue socket, string endpoint)
    {
        var started = Tcp("start-connect", socket, Network, Address(endpoint));
        if (started.Case != 0)
        {
            return started;
        }

        Block(Tcp("subscribe", socket));
        return Tcp("finish-connect", socket);
    }

    public void Block(ComponentValue pollable)
    {
        Guest.Call("wasi:io/poll#[method]pollable.block", pollable);
        Guest.Drop(pollable);
    }

    /// <summary>Looks a name up; what the first answer is.</summary>
    public ComponentValue LookUp(string name)
    {
        var lookup = Guest.Call("wasi:sockets/ip-name-lookup#resolve-addresses", Network, Guest.Text(name));
        if (lookup.Case != 0)
        {
            return lookup;
        }

        Block(Guest.Call("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.subscribe", lookup.Payload));
        return Guest.Call("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address", lookup.Payload);
    }

    public void Dispose() => Guest.Dispose();
}
