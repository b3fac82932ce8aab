using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What the sample's README promises.</summary>
public sealed class SampleShopTests(SampleShop shop) : IClassFixture<SampleShop>
{
    private const string Cart = """{"token":"demo","items":[{"sku":"tea","quantity":2}]}""";

    private const string Order =
        """{"order":"ord_9f4fe7358b74065d","customer":"demo-customer","items":[{"sku":"tea","quantity":2,"price":450,"amount":900}],"total":900}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checkout_joins_four_handlers_into_one_answer()
    {
        using var answer = await CheckOutAsync(Cart);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Order, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("samples/shop/README.md")]
    public async Task Documents_show_the_request_and_the_answer_as_they_are(string document)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, document), Cancellation);

        Assert.Contains($"-d '{Cart}'", text, StringComparison.Ordinal);
        Assert.Contains(Order, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"token":"other","items":[{"sku":"tea","quantity":2}]}""", 401, "Not signed in")]
    [InlineData("""{"token":"demo","items":[{"sku":"cup","quantity":2}]}""", 409, "Out of stock")]
    [InlineData("""{"token":"demo","items":[{"sku":"hat","quantity":1}]}""", 409, "Unknown item")]
    [InlineData("""{"token":"demo","items":[{"sku":"tea","quantity":0}]}""", 400, "Malformed cart")]
    [InlineData("""{"token":"demo"}""", 400, "Malformed cart")]
    [InlineData("""{"token":""", 400, "Request body is not JSON")]
    public async Task Cart_that_cannot_be_bought_is_answered_with_a_problem(string cart, int status, string title)
    {
        using var answer = await CheckOutAsync(cart);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(title, (string?)problem["title"]);
    }

    [Fact]
    public async Task Short_stock_is_named_with_what_is_left()
    {
        using var answer = await CheckOutAsync("""{"token":"demo","items":[{"sku":"cup","quantity":2}]}""");

        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal("cup", (string?)problem["sku"]);
        Assert.Equal(1, (int?)problem["available"]);
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("inventory")]
    [InlineData("pricing")]
    [InlineData("orders")]
    public async Task Handler_refuses_other_methods_and_bodies_that_are_not_JSON(string handler)
    {
        using var deleted = await shop.Server.Client.DeleteAsync($"/run/{handler}/", Cancellation);
        using var malformed = await shop.Server.Client.PostAsync($"/run/{handler}/", new StringContent("{"), Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
    }

    private Task<HttpResponseMessage> CheckOutAsync(string cart) =>
        shop.Server.Client.PostAsync("/script/checkout", new StringContent(cart, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), Cancellation);
}
