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

    // Exports.
    public const string RunConstructors = "v";
    public const string Allocate = "w";
    public const string Free = "N";
    public const string SetMaxStackSize = "E";
    public const string GetUndefined = "F";
    public const string NewRuntime = "L";
    public const string NewContext = "O";
    public const string FreeValue = "Q";
    public const string FreeCString = "T";
    public const string DuplicateValue = "U";
    public const string NewObject = "V";
    public const string NewArrayBuffer = "Y";
    public const string NewNumber = "Z";
    public const string GetNumber = "_";
    public const string NewString = "$";
    public const string GetString = "aa";
    public const string GetArrayBuffer = "ba";
    public const string GetArrayBufferLength = "ca";
    public const string IsJobPending = "ga";
    public const string ExecutePendingJobs = "ha";
    public const string SetProperty = "ka";
    public const string Call = "na";
    public const string ResolveException = "oa";
    public const string Evaluate = "qa";
    public const string GetGlobal = "va";
    public const string GetPromiseState = "xa";
    public const string GetPromiseResult = "ya";
    public const string NewFunction = "Ea";
    public const string GetArgument = "Fa";
    public const string EnableModuleLoader = "Ia";

    // What build/rejections.mjs added: the tracker's place in the table, and the number under which it calls the host.
    public const uint RejectionTrackerElement = 492;
    public const int RejectionTracker = 65_536;

    // Where the runtime keeps the pointer to its tracker and what to pass to it, in this build.
    public const uint RejectionTrackerField = 180;
    public const uint RejectionPlaceField = 184;

    private const string Resource = "quickjs.wasm";

    public static Module Compile(Engine engine) => engine.Compile(EmbeddedFile.ReadBytes(Resource), "quickjs");
}
