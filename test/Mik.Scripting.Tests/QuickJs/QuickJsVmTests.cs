using System.Text;
using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.QuickJs;

public sealed class QuickJsVmTests
{
    private static readonly Lazy<Module> QuickJs = new(static () => QuickJsModule.Compile(new Engine()));

    /// <summary>However QuickJS keeps a string: as an atom, built at run time, of wide units, as a part of another, as a rope of several.</summary>
    [Theory]
    [InlineData("''", "")]
    [InlineData("'hello'", "hello")]
    [InlineData("'hel' + String.fromCharCode(108, 111)", "hello")]
    [InlineData("'h\u00e9llo \u00ff'", "h\u00e9llo \u00ff")]
    [InlineData("'h\u20acllo'", "h\u20acllo")]
    [InlineData("'\ud83d\ude42'", "\ud83d\ude42")]
    [InlineData("'method'", "method")]
    [InlineData("JSON.stringify({ a: [1, null] })", """{"a":[1,null]}""")]
    [InlineData("JSON.stringify({ \u00e9: '\u00e8' })", "{\"\u00e9\":\"\u00e8\"}")]
    [InlineData("'abcdef'.slice(1, 4)", "bcd")]
    [InlineData("('x'.repeat(20000) + 'y').slice(19998)", "xxy")]
    [InlineData("'x'.repeat(30).slice(1, 29) + 'ab\u20accd'.slice(0, 2)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxab")]
    [InlineData("'before' + String.fromCharCode(0) + 'after'", "before")]
    [InlineData("12.5", "12.5")]
    [InlineData("undefined", "")]
    [InlineData("null", "null")]
    [InlineData("[1, 2]", "1,2")]
    public void Strings_are_read_as_they_are(string expression, string expected)
    {
        var (text, utf8) = Read(expression);

        Assert.Equal(expected, text);
        Assert.Equal(expected, utf8);
    }

    [Theory]
    [InlineData("'x'.repeat(20000).slice(100, 15100)", 15_000)]
    [InlineData("('x'.repeat(9000) + 'x') + 'x'.repeat(5000)", 14_001)]
    [InlineData("Array.from({ length: 3000 }, () => 'xx').join('')", 6000)]
    public void Long_strings_are_read_whatever_they_are_made_of(string expression, int length)
    {
        var (text, utf8) = Read(expression);

        Assert.Equal(new string('x', length), text);
        Assert.Equal(text, utf8);
    }

    private static (string Text, string Utf8) Read(string expression)
    {
        var host = new Reader();
        using var vm = new QuickJsVm(QuickJs.Value, host);
        vm.DefineGlobalFunctions("host", ["read"], firstNumber: 0);
        vm.EvaluateModule("read", $"globalThis.host.read({expression});");
        return (host.Text!, Encoding.UTF8.GetString(host.Utf8!));
    }

    private sealed class Reader : IQuickJsHost
    {
        public string? Text { get; private set; }

        public byte[]? Utf8 { get; private set; }

        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public long MaxMemoryBytes => 64 << 20;

        public string ResolveModule(string importer, string specifier) => specifier;

        public string LoadModule(string name) => "";

        public JsValue Call(int function, HostArguments arguments)
        {
            Text = arguments.Text(0);
            Utf8 = arguments.Utf8(0);
            return JsValue.None;
        }

        public void TrackRejection(ulong promise, JsValue reason, bool isHandled)
        {
        }
    }
}
