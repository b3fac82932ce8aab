using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Turns faults inside one reserved arena into <see cref="NullReferenceException"/>, so that memories there need no bounds checks.
/// A few bytes of machine code stand in front of the runtime's SIGSEGV handler: when the fault address lies in the arena they
/// replace it by 0 and jump on, and the runtime sees a null dereference in managed code, which it knows how to throw. Faults
/// anywhere else reach the runtime unchanged.
/// </summary>
/// <remarks>
/// Linux on x86-64 only. <see cref="Install"/> tests itself: the machine code alone, that the handler is in place, and then a real
/// fault. Where any of the first two fails the process uses explicit checks. Thread-safe.
/// </remarks>
internal static unsafe partial class GuardPages
{
    private const int SignalSegv = 11;

    // struct sigaction of glibc and musl on x86-64: the handler's address comes first.
    private const int SigactionSize = 152;

    private static readonly Lazy<bool> Installed = new(Install);
    private static nint _arenaStart;
    private static nuint _arenaLength;

    /// <summary>Whether memories may rely on guard pages in this process.</summary>
    public static bool IsAvailable => Installed.Value;

    /// <summary>Start of the arena; meaningful when <see cref="IsAvailable"/>.</summary>
    public static nint ArenaStart => Installed.Value ? _arenaStart : 0;

    /// <summary>Length of the arena in bytes.</summary>
    public static nuint ArenaLength => Installed.Value ? _arenaLength : 0;

    private static bool Install()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return false;
        }

        // 16 TiB holds 2,000 memories; smaller where address space is limited (containers, ulimit -v).
        for (var length = (nuint)16 << 40; length >= (nuint)64 << 30; length >>= 1)
        {
            var start = VirtualPages.Reserve(length);
            if (start == 0)
            {
                continue;
            }

            _arenaStart = start;
            _arenaLength = length;
            if (InstallHandler() && FaultsBecomeExceptions())
            {
                return true;
            }

            VirtualPages.Release(start, length);
            return false;
        }

        return false;
    }

    private static bool InstallHandler()
    {
        var previous = stackalloc byte[SigactionSize];
        var action = stackalloc byte[SigactionSize];
        var current = stackalloc byte[SigactionSize];
        if (SigAction(SignalSegv, null, previous) != 0)
        {
            return false;
        }

        var page = VirtualPages.Reserve(4096);
        if (page == 0 || !VirtualPages.Commit(page, 4096))
        {
            return false;
        }

        // First a copy that returns instead of jumping to the runtime, to test the machine code without a fault.
        var returnInstruction = (byte*)page + 2048;
        *returnInstruction = 0xC3;
        var handler = (byte*)page;
        var rehearsal = handler + 1024;
        WriteHandler(handler, *(nint*)previous);
        WriteHandler(rehearsal, (nint)returnInstruction);
        if (!VirtualPages.MakeExecutable(page, 4096) || !Rehearse((delegate* unmanaged<int, byte*, void*, void>)rehearsal))
        {
            return false;
        }

        Buffer.MemoryCopy(previous, action, SigactionSize, SigactionSize);
        *(nint*)action = page;
        return SigAction(SignalSegv, action, null) == 0
            && SigAction(SignalSegv, null, current) == 0
            && *(nint*)current == page;
    }

    // void handler(int signal, siginfo_t* info, void* context): System V passes info in rsi, and si_addr is at info+16.
    private static void WriteHandler(byte* code, nint next)
    {
        var writer = new CodeWriter(code);
        writer.Bytes([0x48, 0x8B, 0x46, 0x10]);                 // mov rax, [rsi+16]
        writer.Bytes([0x48, 0xB9], _arenaStart);        // mov rcx, arena start
        writer.Bytes([0x48, 0x29, 0xC8]);                       // sub rax, rcx
        writer.Bytes([0x48, 0xB9], (nint)_arenaLength); // mov rcx, arena length
        writer.Bytes([0x48, 0x39, 0xC8]);                       // cmp rax, rcx
        writer.Bytes([0x73, 0x08]);                             // jae +8: not ours
        writer.Bytes([0x48, 0xC7, 0x46, 0x10, 0, 0, 0, 0]);     // mov qword [rsi+16], 0
        writer.Bytes([0x48, 0xB8], next);               // mov rax, next handler
        writer.Bytes([0xFF, 0xE0]);                             // jmp rax
    }

    private static bool Rehearse(delegate* unmanaged<int, byte*, void*, void> handler)
    {
        var info = stackalloc byte[128];
        nint Pass(nint address)
        {
            *(nint*)(info + 16) = address;
            handler(SignalSegv, info, null);
            return *(nint*)(info + 16);
        }

        var last = _arenaStart + (nint)_arenaLength - 1;
        return Pass(_arenaStart) == 0
            && Pass(last) == 0
            && Pass(last + 1) == last + 1
            && Pass(_arenaStart - 1) == _arenaStart - 1;
    }

    private static bool FaultsBecomeExceptions()
    {
        try
        {
            ReadByte(_arenaStart);
            return false;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    // Safe because the address lies in the arena: it is reserved and inaccessible, and the handler just installed answers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte ReadByte(nint address) => *(byte*)address;

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, byte* action, byte* previous);

    private ref struct CodeWriter(byte* code)
    {
        private byte* _next = code;

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(new Span<byte>(_next, bytes.Length));
            _next += bytes.Length;
        }

        public void Bytes(ReadOnlySpan<byte> bytes, nint address)
        {
            Bytes(bytes);
            *(nint*)_next = address;
            _next += sizeof(nint);
        }
    }
}
