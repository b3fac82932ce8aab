using System.Buffers.Binary;
using System.Text;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Scripting.QuickJs;

/// <summary>
/// The C library functions and callbacks that the QuickJS build imports. There are no files and no environment, and local time is
/// UTC.
/// </summary>
internal sealed class QuickJsImports(QuickJsVm vm, IQuickJsHost host)
{
    private const int PageSize = 65_536;

    // Memory grows by at least this much, so that a growing heap does not ask for every page.
    private const long GrowthStep = 1024 * 1024;

    private const uint InvalidSeek = 70;
    private const uint NotSupported = 52;

    /// <summary>Makes what the build imports.</summary>
    /// <param name="store">Where it will live.</param>
    /// <param name="import">The import.</param>
    /// <param name="start">The state the instance is made of; <see langword="null"/> for a fresh one.</param>
    public Extern Provide(Store store, ModuleImport import, InstanceImage? start) => import.Type switch
    {
        MemoryType type when start is not null => Memory.Create(store, type, start),
        MemoryType type => Memory.Create(store, type),
        FuncExternType { Type: var type } => Func.FromHost(store, type, CallbackFor(import.Name)),
        _ => throw new NotSupportedException($"QuickJS imports {import.Name} as {import.Type}."),
    };

    private HostCallback CallbackFor(string name) => name switch
    {
        QuickJsModule.CallHost => CallHost,
        QuickJsModule.NormalizeModule => NormalizeModule,
        QuickJsModule.LoadModule => LoadModule,
        QuickJsModule.ResizeHeap => ResizeHeap,
        QuickJsModule.DateNow => DateNow,
        QuickJsModule.ClockTime => ClockTime,
        QuickJsModule.LocalTime => LocalTime,
        QuickJsModule.SetTimeZone => SetTimeZone,
        QuickJsModule.EnvironmentSizes => EnvironmentSizes,
        QuickJsModule.AssertionFailed => (arguments, _) => throw Broken(Encoding.UTF8.GetString(vm.TextAt((uint)arguments[0]))),
        QuickJsModule.Abort => static (_, _) => throw Broken("abort"),
        QuickJsModule.Exit => static (_, _) => throw Broken("exit"),
        QuickJsModule.CloseFile or QuickJsModule.WriteFile => static (_, results) => results[0] = NotSupported,
        QuickJsModule.SeekFile => static (_, results) => results[0] = InvalidSeek,
        QuickJsModule.IsInterrupted or QuickJsModule.SetTimer or QuickJsModule.EnvironmentGet => static (_, results) => results[0] = 0,
        QuickJsModule.ClearKeepAlive or QuickJsModule.FreeHostReference => Ignore,
        _ => throw new NotSupportedException($"QuickJS imports a function '{name}' that this host does not know."),
    };

    private static void Ignore(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
    }

    private static TrapException Broken(string what) => new(TrapCode.HostRefused, $"QuickJS gave up: {what}");

    // (context, this*, argc, argv*, function id) → value* or 0
    private void CallHost(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var function = (int)arguments[4];
        if (function == QuickJsModule.RejectionTracker)
        {
            TrackRejection((uint)arguments[3], isHandled: arguments[2] == 2);
            results[0] = 0;
            return;
        }

        results[0] = host.Call(function, new HostArguments(vm, (uint)arguments[3])).Address;
    }

    // At that place: the promise, then the reason, as plain 64-bit values.
    private void TrackRejection(uint place, bool isHandled)
    {
        var promise = BinaryPrimitives.ReadUInt64LittleEndian(vm.Memory.Slice(place, 8));
        host.TrackRejection(promise, vm.Duplicate(new JsValue(place + 8)), isHandled);
    }

    // (runtime, context, importer*, specifier*) → name*, freed by QuickJS
    private void NormalizeModule(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var importer = Encoding.UTF8.GetString(vm.TextAt((uint)arguments[2]));
        var specifier = Encoding.UTF8.GetString(vm.TextAt((uint)arguments[3]));
        results[0] = vm.AllocateText(host.ResolveModule(importer, specifier));
    }

    // (runtime, context, name*) → source*, freed by QuickJS
    private void LoadModule(ReadOnlySpan<ulong> arguments, Span<ulong> results) =>
        results[0] = vm.AllocateText(host.LoadModule(Encoding.UTF8.GetString(vm.TextAt((uint)arguments[2]))));

    // (bytes wanted in all) → 1, or 0 when refused. Refusing would let the script carry on with its out-of-memory error.
    private void ResizeHeap(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var wanted = (long)(uint)arguments[0];
        var current = vm.Memory.Length;
        var target = Math.Max(wanted, Math.Min(current + GrowthStep, host.MaxMemoryBytes));
        if (target > host.MaxMemoryBytes || vm.Memory.Grow((uint)((target - current + PageSize - 1) / PageSize)) < 0)
        {
            throw new MemoryLimitException();
        }

        results[0] = 1;
    }

    private void DateNow(ReadOnlySpan<ulong> arguments, Span<ulong> results) =>
        results[0] = BitConverter.DoubleToUInt64Bits(host.Now.ToUnixTimeMilliseconds());

    // (clock, precision, nanoseconds*) → error. One clock serves for all: only seeds are made from it.
    private void ClockTime(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var ticks = (host.Now - DateTimeOffset.UnixEpoch).Ticks;
        BinaryPrimitives.WriteInt64LittleEndian(vm.Memory.Slice((uint)arguments[2], 8), ticks * TimeSpan.NanosecondsPerTick);
        results[0] = 0;
    }

    // (seconds since 1970, tm*): struct tm is nine 32-bit integers from seconds to is-daylight-saving,
    // then the offset from UTC.
    private void LocalTime(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        const int Fields = 10;
        var first = DateTimeOffset.MinValue.ToUnixTimeSeconds();
        var last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        var seconds = Math.Clamp((long)arguments[0], first, last);
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        ReadOnlySpan<int> fields =
        [
            time.Second, time.Minute, time.Hour,
            time.Day, time.Month - 1, time.Year - 1900, (int)time.DayOfWeek, time.DayOfYear - 1,
            0, 0,
        ];
        var target = vm.Memory.Slice((uint)arguments[1], 4 * Fields);
        for (var i = 0; i < Fields; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target[(4 * i)..], fields[i]);
        }
    }

    // (offset*, has daylight saving*, standard name*, daylight saving name*)
    private void SetTimeZone(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        vm.Memory.Slice((uint)arguments[0], 4).Clear();
        vm.Memory.Slice((uint)arguments[1], 4).Clear();
        "UTC\0"u8.CopyTo(vm.Memory.Slice((uint)arguments[2], 4));
        "UTC\0"u8.CopyTo(vm.Memory.Slice((uint)arguments[3], 4));
    }

    // (count*, size*) → error
    private void EnvironmentSizes(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        vm.Memory.Slice((uint)arguments[0], 4).Clear();
        vm.Memory.Slice((uint)arguments[1], 4).Clear();
        results[0] = 0;
    }
}
