using Xunit;

namespace Mik.Scripting.Tests.JavaScript;

/// <summary>Whatever a script's function returns becomes the answer as <c>await</c> would have it.</summary>
public sealed class DriverTests
{
    [Theory]
    [InlineData("""async () => ({ a: 1 })""")]
    [InlineData("""() => ({ a: 1 })""")]
    [InlineData("""() => Promise.resolve({ a: 1 })""")]
    [InlineData("""async () => Promise.resolve(Promise.resolve({ a: 1 }))""")]
    [InlineData("""() => ({ then: done => done({ a: 1 }) })""")]
    [InlineData("""() => ({ then: done => done({ a: 1 }), constructor: Promise })""")]
    [InlineData("""() => ({ constructor: Promise, a: 1 })""")]
    [InlineData("""() => new (class extends Promise {})(done => done({ a: 1 }))""")]
    [InlineData("""() => { const p = Promise.resolve({ a: 1 }); p.then = done => done({ b: 2 }); return p; }""")]
    [InlineData("""() => { const p = Promise.resolve({ a: 1 }); p.constructor = Object; return p; }""")]
    [InlineData("""() => { const p = Promise.resolve({ a: 1 }); p.constructor = undefined; return p; }""")]
    [InlineData("""() => { Object.defineProperty(Promise, Symbol.species, { get() { throw 1; } }); return Promise.resolve({ a: 1 }); }""")]
    [InlineData("""() => { Object.defineProperty(Promise, Symbol.species, { value: class {} }); return Promise.resolve({ a: 1 }); }""")]
    [InlineData("""async () => { Promise.prototype.then = 5; Promise = 5; return { a: 1 }; }""")]
    public async Task Answers_are_awaited(string function) => Assert.Equal("""{"a":1}""", await AnswerAsync(function));

    [Theory]
    [InlineData("""async () => { throw new RangeError('no') }""")]
    [InlineData("""() => { throw new RangeError('no') }""")]
    [InlineData("""() => Promise.reject(new RangeError('no'))""")]
    [InlineData("""() => ({ then: (done, fail) => fail(new RangeError('no')) })""")]
    [InlineData("""() => ({ get constructor() { throw new RangeError('yes') }, get then() { throw new RangeError('no') } })""")]
    public async Task Failures_are_awaited(string function)
    {
        var failure = await Assert.ThrowsAsync<ScriptException>(() => AnswerAsync(function));

        Assert.Equal(ScriptFailure.Threw, failure.Failure);
        Assert.Contains("RangeError: no", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(string function)
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("probe.js", $"import {{ script }} from 'mik-sdk';\nexport default script({function});");
        return ScriptFolder.Text(await program.RunAsync(
            ScriptFolder.Get(), new FakeHandlers(), new FakeConsole(), ScriptFolder.Generous, TestContext.Current.CancellationToken));
    }
}
