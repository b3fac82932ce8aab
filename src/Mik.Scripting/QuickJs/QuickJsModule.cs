using Mik.Wasm.Runtime;

namespace Mik.Scripting.QuickJs;

/// <summary>The compiled QuickJS engine and the short names its build gave to its functions.</summary>
internal static class QuickJsModule
{
    // Imports, all of module "a". Those not listed are answered with a constant, see QuickJsImports.
    public const string ImportNamespace = "a";
    public const string Memory = "a";
    public const string AssertionFailed = "b";
    public const string WriteFile = "c";
    public const string CloseFile = "d";
    public const string EnvironmentGet = "e";
    public const string EnvironmentSizes = "f";
    public const string NormalizeModule = "g";
    public const string LoadModule = "h";
    public const string IsInterrupted = "i";
    public const string SetTimer = "j";
    public const string ResizeHeap = "k";
    public const string ClearKeepAlive = "l";
    public const string LocalTime = "m";
    public const string SetTimeZone = "n";
    public const string SeekFile = "o";
    public const string DateNow = "p";
    public const string ClockTime = "q";
    public const string Abort = "r";
    public const string Exit = "s";
    public const string CallHost = "t";
    public const string FreeHostReference = "u";

    // What build/rejections.mjs added: the tracker's place in the table, and the number under which it calls the host.
    public const uint RejectionTrackerElement = 492;
    public const int RejectionTracker = 65_536;

    // Where the runtime keeps the pointer to its tracker and what to pass to it, in this build.
    public const uint RejectionTrackerField = 180;
    public const uint RejectionPlaceField = 184;

    // How this build lays out a string: its length with a mark for units of 16 bits, what it is made of (0 for units that follow at once, then
    // one of 8 bits each, or a part of another string), the units.
    public const uint StringLengthField = 4;
    public const uint StringKindField = 8;
    public const uint StringUnitsField = 28;
    public const uint WideString = 0x8000_0000;
    public const uint StringKindMask = 0x3000_0000;

    private const string Resource = "quickjs.wasm";

    public static Module Compile(Engine engine) => engine.Compile(EmbeddedFile.ReadBytes(Resource), "quickjs");

    /// <summary>The short name of an export.</summary>
    public static string NameOf(QuickJsFunction function) => function switch
    {
        QuickJsFunction.RunConstructors => "v",
        QuickJsFunction.Allocate => "w",
        QuickJsFunction.Free => "N",
        QuickJsFunction.SetMaxStackSize => "E",
        QuickJsFunction.GetUndefined => "F",
        QuickJsFunction.NewRuntime => "L",
        QuickJsFunction.NewContext => "O",
        QuickJsFunction.FreeValue => "Q",
        QuickJsFunction.FreeCString => "T",
        QuickJsFunction.DuplicateValue => "U",
        QuickJsFunction.NewObject => "V",
        QuickJsFunction.NewArrayBuffer => "Y",
        QuickJsFunction.NewNumber => "Z",
        QuickJsFunction.GetNumber => "_",
        QuickJsFunction.NewString => "$",
        QuickJsFunction.GetString => "aa",
        QuickJsFunction.GetArrayBuffer => "ba",
        QuickJsFunction.GetArrayBufferLength => "ca",
        QuickJsFunction.IsJobPending => "ga",
        QuickJsFunction.ExecutePendingJobs => "ha",
        QuickJsFunction.SetProperty => "ka",
        QuickJsFunction.Call => "na",
        QuickJsFunction.ResolveException => "oa",
        QuickJsFunction.Evaluate => "qa",
        QuickJsFunction.GetGlobal => "va",
        QuickJsFunction.GetPromiseState => "xa",
        QuickJsFunction.GetPromiseResult => "ya",
        QuickJsFunction.NewFunction => "Ea",
        QuickJsFunction.EnableModuleLoader => "Ia",
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, null),
    };
}
