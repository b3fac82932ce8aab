namespace Mik.Scripting.QuickJs;

/// <summary>The kinds of values that the host looks at without asking QuickJS, as this build encodes them.</summary>
internal enum JsTag
{
    String = -7,
    Object = -1,
    Integer = 0,
    Undefined = 3,
    Exception = 6,
}
