using System.Net;
using System.Text;
using System.Text.Json;
using Mik.TestKit;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>The shop of <c>samples/</c>, as its README describes it.</summary>
public sealed class SampleTests(SampleTests.Shop shop) : IClassFixture<SampleTests.Shop>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checkout_composes_the_order_of_four_handlers()
    {
        using var answer = await CheckOutAsync("""{"token":"demo","items":[{"sku":"tea","quantity":2},{"sku":"coffee","quantity":1}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var order = await JsonOfAsync(answer);
        Assert.Equal("demo-customer", order.GetProperty("customer").GetString());
        Assert.StartsWith("ord_", order.GetProperty("order").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, order.GetProperty("items").GetArrayLength());
        Assert.Equal(
            order.GetProperty("items").EnumerateArray().Sum(static i => i.GetProperty("amount").GetInt32()),
            order.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"token":"other","items":[{"sku":"tea","quantity":2}]}""", 401, "Not signed in")]
    [InlineData("""{"token":"demo","items":[{"sku":"cup","quantity":2}]}""", 409, "Out of stock")]
    [InlineData("""{"token":"demo","items":[{"sku":"hat","quantity":1}]}""", 409, "Unknown item")]
    [InlineData("""{"token":"demo","items":[]}""", 400, "Malformed cart")]
    [InlineData("""{"token":"demo","items":[{"sku":"tea","quantity":0}]}""", 400, "Malformed cart")]
    [InlineData("""{"token":""", 400, "Request body is not JSON")]
    public async Task Every_refusal_is_the_problem_the_readme_names(string cart, int status, string title)
    {
        using var answer = await CheckOutAsync(cart);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await JsonOfAsync(answer);
        Assert.Equal(title, problem.GetProperty("title").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("inventory")]
    [InlineData("pricing")]
    [InlineData("orders")]
    public async Task Every_handler_answers_by_itself(string handler)
    {
        using var answer = await shop.Server.Client.PostAsync($"/run/{handler}/", Json("{}"), Cancellation);

        Assert.True((int)answer.StatusCode is >= 200 and < 500, $"{answer.StatusCode}");
        Assert.Equal(handler, Assert.Single(answer.Headers.GetValues("X-Mik-Handler")));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> JsonOfAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));

    private Task<HttpResponseMessage> CheckOutAsync(string cart) =>
        shop.Server.Client.PostAsync("/script/checkout", Json(cart), Cancellation);

    /// <summary>One server for all tests of the class: they only read.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        internal MikProcess Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Server = await MikProcess.StartAsync(RepositoryRoot.Path, Path.Combine(RepositoryRoot.Path, "samples", "shop"));

        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
