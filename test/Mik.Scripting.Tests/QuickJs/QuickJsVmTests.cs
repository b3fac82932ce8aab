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

    /// <summary>Blocks of every length around the largest that has a list of its own, made, grown, shrunk and let go in disorder.</summary>
    [Fact]
    public void Nothing_is_written_over_while_memory_changes_hands()
    {
        var (text, _) = Read("""
            (() => {
              let seed = 1;
              const random = below => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0) % below;
              const held = [];
              for (let turn = 0; turn < 60000; turn++) {
                const place = random(1500), mark = turn & 0xff;
                const was = held[place];
                if (was?.bytes.some(byte => byte !== was.mark) || was?.list.some((item, i) => item !== was.mark + i) || was?.text.length !== was?.length) {
                  return `damaged at ${turn}`;
                }
                const length = random(4) === 0 ? 230 + random(60) : random(600);
                const list = [];
                for (let i = 0; i < length % 80; i++) list.push(mark + i);
                list.length = list.length >> 1;
                held[place] = { mark, length, bytes: new Uint8Array(length).fill(mark), list, text: String.fromCharCode(97 + mark % 26).repeat(length) };
              }
              return "whole";
            })()
            """);

        Assert.Equal("whole", text);
    }

    [Fact]
    public void Memory_that_was_let_go_is_used_again()
    {
        using var vm = VmWith(new Reader());
        vm.EvaluateModule("first", "globalThis.churn = times => { while (times-- > 0) { for (let i = 0, kept = []; i < 5000; i++) kept.push({ i, list: [i] }); } }; churn(1);");
        var length = vm.Memory.Length;

        vm.EvaluateModule("second", "churn(50);");

        Assert.Equal(length, vm.Memory.Length);
    }

    /// <summary>Free blocks of one length do not become blocks of another; so no more than a few megabytes may be divided that way.</summary>
    [Fact]
    public void What_small_objects_took_is_there_for_others_afterwards()
    {
        const int MiB = 1 << 20;
        using var vm = VmWith(new Reader { MaxMemoryBytes = 64 * MiB });

        vm.EvaluateModule("small", "globalThis.kept = []; for (let i = 0; i < 300000; i++) kept.push({ i }); kept = undefined;");
        vm.EvaluateModule("larger", "globalThis.kept = []; for (let i = 0; i < 150000; i++) kept.push(new Uint8Array(150)); kept = undefined;");
        vm.EvaluateModule("large", "globalThis.kept = []; for (let i = 0; i < 40; i++) kept.push(new Uint8Array(1 << 20));");

        Assert.True(vm.Memory.Length <= 64 * MiB);
    }

    private static (string Text, string Utf8) Read(string expression)
    {
        var host = new Reader();
        using var vm = VmWith(host);
        vm.EvaluateModule("read", $"globalThis.host.read({expression});");
        return (host.Text!, Encoding.UTF8.GetString(host.Utf8!));
    }

    private static QuickJsVm VmWith(Reader host)
    {
        var vm = new QuickJsVm(QuickJs.Value, host);
        vm.DefineGlobalFunctions("host", ["read"], firstNumber: 0);
        return vm;
    }

    private sealed class Reader : IQuickJsHost
    {
        public string? Text { get; private set; }

        public byte[]? Utf8 { get; private set; }

        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public long MaxMemoryBytes { get; init; } = 64 << 20;

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
